import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { testClinic } from "./support/clinics.ts";
import { testDatabase } from "./support/database.ts";
import { runningApi } from "./support/running-api.ts";

const SMOKE_TOKEN = "a-smoke-token-for-this-test";
const { owner, appUrl } = await testDatabase("migrated");
const north = await testClinic(owner, "North");
const south = await testClinic(owner, "South");
const env = { DATABASE_URL: appUrl, SLIPWAY_VERSION: "9.8.7", SLIPWAY_COMMIT: "c0ffee", SMOKE_TOKEN };
const api = await runningApi(env);

interface Reply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the service sends; the assertions say what it is
  readonly body: any;
  readonly headers: Headers;
}

async function ask(method: string, path: string, token?: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

test("is healthy and says what it is", async () => {
  assert.deepEqual((await ask("GET", "/healthz")).body, { status: "ok" });
  assert.deepEqual((await ask("GET", "/version")).body, {
    version: "9.8.7",
    commit: "c0ffee",
    component: "api",
  });
  assert.equal((await ask("GET", "/openapi.json")).body.info.version, "9.8.7");
});

test("answers 401 without a valid token, whatever is asked", async () => {
  for (const token of [undefined, "made-up", "x".repeat(5000)]) {
    for (const [method, path] of [
      ["GET", "/api/v1/entries"],
      ["POST", "/api/v1/entries"],
      ["DELETE", "/api/v1/entries/1"],
    ] as const) {
      const { status, body, headers } = await ask(
        method,
        path,
        token,
        method === "POST" ? { mood: 1, note: "" } : undefined,
      );
      assert.deepEqual({ status, body }, { status: 401, body: { error: "a valid token is needed" } });
      assert.equal(headers.get("www-authenticate"), "Bearer");
    }
  }
});

test("answers 401 for a token that has expired", async () => {
  const clinic = await testClinic(owner, "Closed");
  assert.equal((await ask("GET", "/api/v1/entries", clinic.staffToken)).status, 200);
  await owner.query("update tokens set expires_at = now() where clinic_id = $1", [clinic.id]);

  assert.equal((await ask("GET", "/api/v1/entries", clinic.staffToken)).status, 401);
});

test("creates, reads, changes and removes an entry", async () => {
  const created = await ask("POST", "/api/v1/entries", north.patientToken, { mood: 4, note: "slept well" });
  assert.equal(created.status, 201);
  const { id, createdAt, updatedAt, ...rest } = created.body;
  assert.deepEqual(rest, { patientId: north.patientId, mood: 4, note: "slept well" });
  const path = `/api/v1/entries/${id}`;
  assert.equal(created.headers.get("location"), path);

  assert.deepEqual((await ask("GET", path, north.patientToken)).body, created.body);
  assert.deepEqual((await ask("GET", "/api/v1/entries", north.staffToken)).body, { entries: [created.body] });

  const changed = await ask("PUT", path, north.staffToken, { mood: 2, note: "woke early" });
  assert.deepEqual(
    { ...changed.body, updatedAt: undefined },
    { id, createdAt, patientId: north.patientId, mood: 2, note: "woke early", updatedAt: undefined },
  );
  assert.ok(changed.body.updatedAt > updatedAt);

  assert.equal((await ask("DELETE", path, north.patientToken)).status, 204);
  assert.equal((await ask("GET", path, north.patientToken)).status, 404);
  assert.equal((await ask("DELETE", path, north.patientToken)).status, 404);
});

test("another clinic's entry is not there", async () => {
  const { body } = await ask("POST", "/api/v1/entries", south.patientToken, { mood: 1, note: "private" });
  const path = `/api/v1/entries/${body.id}`;

  assert.equal((await ask("GET", path, north.staffToken)).status, 404);
  assert.equal((await ask("PUT", path, north.staffToken, { mood: 5, note: "" })).status, 404);
  assert.equal((await ask("DELETE", path, north.staffToken)).status, 404);
  assert.equal((await ask("GET", path, south.staffToken)).status, 200);
});

test("staff say whose entry it is, and only of their own clinic", async () => {
  const entry = { mood: 3, note: "" };
  assert.equal((await ask("POST", "/api/v1/entries", north.staffToken, entry)).status, 422);
  const foreign = { ...entry, patientId: south.patientId };
  assert.equal((await ask("POST", "/api/v1/entries", north.staffToken, foreign)).status, 422);
  const own = { ...entry, patientId: north.patientId };
  assert.equal((await ask("POST", "/api/v1/entries", north.staffToken, own)).status, 201);
});

test("says what is wrong with a request", async () => {
  const post = (body: unknown) => ask("POST", "/api/v1/entries", north.patientToken, body);
  assert.equal((await post("{")).status, 400);
  assert.equal((await post({ mood: 3, note: "x".repeat(70_000) })).status, 413);
  assert.deepEqual((await post({ mood: 9, note: "" })).body, {
    error: "the entry is not valid",
    details: ["mood: should be a whole number from 1 to 5"],
  });
  assert.equal((await ask("PATCH", "/api/v1/entries", north.patientToken)).headers.get("allow"), "GET, POST");
  assert.equal((await ask("GET", "/api/v1/entries/1", north.patientToken)).status, 404);
  assert.equal((await ask("GET", "/nothing", north.patientToken)).status, 404);
});

test("the smoke test's token opens a clinic that nobody else sees", async () => {
  const { status, body } = await ask("POST", "/api/v1/entries", SMOKE_TOKEN, { mood: 5, note: "smoke" });
  assert.equal(status, 201);

  assert.deepEqual((await ask("GET", "/api/v1/entries", SMOKE_TOKEN)).body, { entries: [body] });
  assert.equal((await ask("GET", `/api/v1/entries/${body.id}`, north.staffToken)).status, 404);
});

test("without a smoke token nobody gets in with it", async () => {
  const { SMOKE_TOKEN: _, ...without } = env;
  const closed = await runningApi(without);

  const { status } = await fetch(`${closed.url}/api/v1/entries`, {
    headers: { authorization: `Bearer ${SMOKE_TOKEN}` },
  });

  assert.equal(status, 401);
  assert.equal(await closed.stop(), 0);
});

test("is unhealthy when the database is away, and does not end", async () => {
  const url = new URL(appUrl);
  url.port = "1";
  const lonely = await runningApi({ ...env, DATABASE_URL: url.href });

  assert.equal((await fetch(`${lonely.url}/healthz`)).status, 503);
  assert.equal((await fetch(`${lonely.url}/version`)).status, 200);
  assert.equal(await lonely.stop(), 0);
});

test("finishes a running request after SIGTERM, accepts no other, and ends with 0", async () => {
  const stopping = await runningApi(env);
  const { port } = new URL(stopping.url);
  const body = JSON.stringify({ mood: 3, note: "last one" });
  const socket = connect(Number(port), "127.0.0.1");
  let reply = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (reply += chunk));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  // `Expect` makes the server say that it has the request in hand before the body is there.
  socket.write(
    `POST /api/v1/entries HTTP/1.1\r\nhost: diary\r\nauthorization: Bearer ${north.patientToken}\r\n` +
      `content-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
  );
  while (!reply.includes("100 Continue")) await new Promise((resolve) => socket.once("data", resolve));

  const exit = stopping.stop();
  await refused(Number(port));
  socket.write(body);
  await closed;

  assert.match(reply, /HTTP\/1.1 201 Created/);
  assert.match(reply, /connection: close/i);
  assert.equal(await exit, 0);
});

async function refused(port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const open = await new Promise<boolean>((resolve) => {
      const probe = connect(port, "127.0.0.1", () => resolve(true));
      probe.on("error", () => resolve(false)).on("connect", () => probe.destroy());
    });
    if (!open) return;
  }
  throw new Error("the service still accepts connections");
}

import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { httpProbe } from "../../../src/adapters/http/http-probe.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { HttpRequest } from "../../../src/ports/http-probe.ts";

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
}

function ask(url: string, changes: Partial<HttpRequest> = {}) {
  return httpProbe.ask({
    method: "GET",
    url,
    headers: {},
    secrets: {},
    body: undefined,
    timeoutMs: 20_000,
    ...changes,
  });
}

const headers = { authorization: "Bearer {secret:token}" };

test("sends a secret's value, and hides it in an answer that repeats it", async () => {
  const received: unknown[] = [];
  const url = await listening((request, response) => {
    received.push(request.headers.authorization);
    response.end(`you are ${request.headers.authorization}`);
  });

  const answer = await ask(url, { headers, secrets: { "{secret:token}": new Secret("token", "pa$&ss") } });

  expect(received).toEqual(["Bearer pa$&ss"]);
  expect(answer).toEqual({ kind: "answer", status: 200, body: "you are Bearer <token>" });
});

test("hides a secret that HTTP does not allow in a header", async () => {
  const url = await listening((_request, response) => response.end());

  const answer = await ask(url, {
    headers,
    secrets: { "{secret:token}": new Secret("token", "pass\nword") },
  });

  expect(answer.kind).toBe("no-answer");
  expect(JSON.stringify(answer)).toContain("<token>");
  expect(JSON.stringify(answer)).not.toContain("word");
});

test("does not follow a redirect", async () => {
  const url = await listening((_request, response) =>
    response.writeHead(302, { location: "/elsewhere" }).end(),
  );

  expect(await ask(url)).toEqual({ kind: "answer", status: 302, body: "" });
});

test("says why there is no answer", async () => {
  const silent = await listening(() => undefined);
  const closed = await listening(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));

  expect(await ask(closed)).toEqual({ kind: "no-answer", because: "ECONNREFUSED" });
  expect(await ask(silent, { timeoutMs: 100 })).toEqual({ kind: "no-answer", because: "no answer in time" });
});

test("reads no more than one MiB", async () => {
  const url = await listening((_request, response) => response.end("x".repeat(3 * 1024 * 1024)));

  expect(await ask(url)).toEqual({ kind: "answer", status: 200, body: "x".repeat(1024 * 1024) });
});

import { connect as dial, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { connect, type ConnectOptions } from "../../../src/adapters/postgres/connect.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";

const database = useDatabase();
const OPTIONS: ConnectOptions = {
  use: "DATABASE",
  applicationName: "slipway test",
  statementTimeoutMs: 2000,
  lockTimeoutMs: 1000,
};

/** The problem of a connection that must fail, after looking for its password in everything that could be printed. */
async function problemOf(url: string, options: Partial<ConnectOptions> = {}) {
  const fault: unknown = await connect(new Secret("database-url", url), { ...OPTIONS, ...options }).catch(
    (error: unknown) => error,
  );
  if (!(fault instanceof SlipwayError)) throw new Error(`not a SlipwayError: ${inspect(fault)}`);
  expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain("hunter2");
  const [problem] = fault.problems;
  if (problem === undefined) throw new Error("a fault without a problem");
  return problem;
}

async function listening(answer: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test("gives a session in UTC with its time limits, to which RESET returns", async () => {
  const url = `${database.url}?options=${encodeURIComponent("-c search_path=elsewhere")}`;
  const { client } = await connect(new Secret("database-url", url), {
    ...OPTIONS,
    settings: { row_security: "off" },
  });
  try {
    await client.query("set timezone = 'Asia/Tokyo'; set statement_timeout = 0");
    await client.query("discard all");
    const { rows } = await client.query(`
      select current_setting('timezone') as zone, current_setting('statement_timeout') as statement,
             current_setting('lock_timeout') as lock, current_setting('row_security') as rows,
             current_setting('search_path') as path, current_setting('application_name') as name,
             current_setting('client_connection_check_interval') as looks`);
    expect(rows).toEqual([
      {
        zone: "UTC",
        statement: "2s",
        lock: "1s",
        rows: "off",
        path: "elsewhere",
        name: "slipway test",
        looks: "500ms",
      },
    ]);
  } finally {
    await client.end();
  }
});

test("reads strings as it scanned them, whatever the database's default is", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await (await database.connect()).query(`alter database ${name} set standard_conforming_strings = off`);
  const { client } = await connect(new Secret("database-url", database.url), OPTIONS);
  try {
    expect((await client.query(String.raw`select '\' as text`)).rows).toEqual([{ text: "\\" }]);
  } finally {
    await client.end();
  }
});

test("does not give up before the server does, whatever the URL says", async () => {
  const { client } = await connect(new Secret("database-url", `${database.url}?query_timeout=20`), OPTIONS);
  try {
    expect((await client.query("select pg_sleep(0.3), 1 as one")).rows).toMatchObject([{ one: 1 }]);
  } finally {
    await client.end();
  }
});

test("says that a password is wrong, or that there is no such role", async () => {
  for (const role of ["postgres", "nobody_of_that_name"]) {
    const url = database.urlAs(role, "hunter2");
    expect(await problemOf(url)).toEqual({
      code: "DATABASE_PASSWORD_WRONG",
      at: expect.stringMatching(/^[\w.]+:\d+\/test_\w+$/) as string,
      says: `the password for "${role}" is wrong, or there is no such role`,
      hint: "mend the user and the password in the URL",
    });
  }
});

test("says that a database is missing", async () => {
  const url = new URL(database.url);
  url.pathname = "/nowhere";
  expect(await problemOf(url.href, { use: "LEDGER" })).toMatchObject({
    code: "LEDGER_MISSING",
    says: 'the server has no database "nowhere"',
    hint: "create it: createdb nowhere",
  });
});

test("says that nothing listens", async () => {
  const port = await listening(() => undefined);
  // A port that was free a moment ago.
  const free = port === 65535 ? port - 1 : 1;
  expect(await problemOf(`postgresql://u:hunter2@127.0.0.1:${free}/d`)).toMatchObject({
    code: "DATABASE_UNREACHABLE",
    at: `127.0.0.1:${free}/d`,
    says: `nothing listens on port ${free} of 127.0.0.1`,
  });
  expect(await problemOf("postgresql://u:hunter2@no-such-host.invalid/d")).toMatchObject({
    code: "DATABASE_UNREACHABLE",
    says: "no such host: no-such-host.invalid",
  });
});

test("says that something else listens on the port", async () => {
  const port = await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  expect(await problemOf(`postgresql://u:hunter2@127.0.0.1:${port}/d`)).toMatchObject({
    code: "DATABASE_UNREACHABLE",
    hint: expect.stringMatching(/check that a Postgres listens there/) as string,
  });
});

test("gives up on a server that never answers", async () => {
  const port = await listening(() => undefined);
  expect(await problemOf(`postgresql://u:hunter2@127.0.0.1:${port}/d`, { deadlineMs: 300 })).toMatchObject({
    code: "DATABASE_UNREACHABLE",
    says: "did not answer within 0.3 s",
  });
});

test("recognizes a pooler that refuses settings, and one that hands sessions on", async () => {
  const refusing = await listening((socket) => {
    socket.once("data", () => socket.end(errorMessage("08P01", "unsupported startup parameter: options")));
  });
  expect(await problemOf(`postgresql://u:hunter2@127.0.0.1:${refusing}/d`)).toMatchObject({
    code: "DATABASE_BEHIND_POOLER",
  });

  const { hostname, port } = new URL(database.url);
  const handingOn = await listening((socket) => {
    const server = dial(Number(port), hostname);
    socket.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => socket.destroy());
    server.on("data", (bytes: Buffer) => socket.write(withOtherPid(bytes)));
    server.on("end", () => socket.end());
  });
  const url = new URL(database.url);
  url.hostname = "127.0.0.1";
  url.port = String(handingOn);
  expect(await problemOf(url.href)).toMatchObject({ code: "DATABASE_BEHIND_POOLER" });
});

test.each(["mysql://u:hunter2@h/d", "hunter2", "postgresql://u:hunter2#x@h/d:y", ""])(
  "refuses a URL that is none without showing it",
  async (url) => {
    const problem = await problemOf(url);
    expect(problem.code).toMatch(/^DATABASE_(URL_INVALID|UNREACHABLE)$/);
  },
);

test("says that TLS is needed when the server turns plain connections away", async () => {
  const port = await listening((socket) => {
    socket.once("data", () => socket.end(errorMessage("28000", "no pg_hba.conf entry for host")));
  });
  expect(await problemOf(`postgresql://u:hunter2@127.0.0.1:${port}/d`)).toEqual({
    code: "DATABASE_TLS_NEEDED",
    at: `127.0.0.1:${port}/d`,
    says: 'the server does not let "u" in from here without TLS',
    hint: "add ?sslmode=verify-full to the URL; if it has that already, check the server's pg_hba.conf",
  });
});

test("notices when its connection breaks", async () => {
  const { client, broken } = await connect(new Secret("database-url", database.url), OPTIONS);
  const other = await database.connect();
  await other.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'slipway test'",
  );
  await expect.poll(() => broken.aborted).toBe(true);
  await client.end();
});

/** The server's ErrorResponse. */
function errorMessage(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Makes up the process id in BackendKeyData, as poolers do. */
function withOtherPid(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const found = copy.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (found >= 0) copy.writeInt32BE(4_000_000, found + 5);
  return copy;
}

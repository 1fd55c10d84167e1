import { Client } from "pg";
import { expect, test } from "vitest";
import { endSessions } from "../../../src/adapters/postgres/end-sessions.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";

const database = useDatabase();
const url = () => new Secret("DATABASE_URL", database.url);

async function session(name: string): Promise<Client> {
  const client = new Client({ connectionString: database.url, application_name: name });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

test("ends the sessions of that name and no others, and what they had not committed is undone", async () => {
  const [lost, other] = await Promise.all([session("worker 1, lock"), session("worker 2")]);
  await lost.query("begin; create table half ()");

  await endSessions(url(), "worker 1");

  await expect(lost.query("select 1")).rejects.toThrow(/terminat|clos|queryable/i);
  expect((await other.query("select to_regclass('half') as half")).rows).toEqual([{ half: null }]);
  await other.end();
});

test("a session that is still there when the time is over is told, and the next try ends what is left", async () => {
  await session("worker 3");

  await expect(endSessions(url(), "worker 3", 0)).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "DATABASE_SESSIONS_STAY", says: "a session of a lost worker does not end: worker 3" }],
  });
  await endSessions(url(), "worker 3");
});

import { expect, test } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const PAIRS = { "0001_a": "create table a ()" };

const hindered = (says: RegExp) => ({
  code: "DATABASE_HINDERED",
  at: expect.stringMatching(/^127\.0\.0\.1:\d+\/test_\w+$/) as string,
  says: expect.stringMatching(says) as string,
  hint: expect.any(String) as string,
});

test("a history that somebody holds locked is told as that, and nothing runs", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(PAIRS), {
    lockTimeoutMs: 100,
  });
  await migrations.apply(run);
  const other = await database.connect();
  await other.query("begin; lock table slipway_migrations.migration_checksums");

  const says = /^the server could not do what was asked: canceling statement due to lock timeout \(55P03\)$/;
  const refused = { exit: "verifyFailed", problems: [hindered(says)] };
  await expect(migrations.plan()).rejects.toMatchObject(refused);
  await expect(migrations.apply(run)).rejects.toMatchObject(refused);
  await other.query("rollback");
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 1 });
});

test("a database that somebody made read only is told as that, and nothing runs", async () => {
  const name = new URL(database.url).pathname.slice(1);
  const client = await database.connect();
  await client.query(`alter database ${name} set default_transaction_read_only = on`);
  const migrations = await someMigrations(database.url, await aMigrationFolder(PAIRS));
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: hindered(/cannot execute CREATE SCHEMA in a read-only transaction \(25006\)$/),
    stayed: [],
  });
});

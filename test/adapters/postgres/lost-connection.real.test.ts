import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openInspection } from "../../../src/adapters/postgres/open-inspection.ts";
import { openMigrations } from "../../../src/adapters/postgres/open-migrations.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const HISTORY = "slipway_migrations.pgmigrations";

/** Ends the session that waits for the history, which is held meanwhile. */
async function lose(question: () => Promise<unknown>): Promise<unknown> {
  const client = await database.connect();
  // Within one transaction the activity is always the same.
  const watching = await database.connect();
  await client.query(`begin; lock table ${HISTORY} in access exclusive mode`);
  const answer = question().then(
    (value) => value,
    (error: unknown) => error,
  );
  try {
    for (const deadline = performance.now() + 10_000; performance.now() < deadline; await setTimeout(20)) {
      const { rowCount } = await watching.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database() and query ~ $1`,
        [HISTORY],
      );
      if (rowCount === 1) return await answer;
    }
    throw new Error("nothing waits for the history");
  } finally {
    await client.query("rollback");
  }
}

test("a connection that is lost while a database is asked is told as that, and the next question gets another", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  await (await someMigrations(database.url, folder)).apply(run);
  const url = new Secret("url", database.url);
  const migrations = await openMigrations({ url, folder });
  onTestFinished(() => migrations.close());

  for (const ask of [() => migrations.plan(), () => migrations.apply(run)]) {
    const error = await lose(ask);
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error).toMatchObject({ exit: "verifyFailed", problems: [{ code: "DATABASE_UNREACHABLE" }] });
    expect(await migrations.plan()).toMatchObject({ kind: "nothing-to-do", applied: 1 });
  }

  const inspection = await openInspection({ url, folder });
  onTestFinished(() => inspection.close());
  expect(await lose(() => inspection.inspect())).toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "DATABASE_UNREACHABLE" }],
  });
});

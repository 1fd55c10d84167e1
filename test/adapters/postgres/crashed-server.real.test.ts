import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { APP_HISTORY, LEDGER_HISTORY } from "../../../src/adapters/postgres/migration-history.ts";
import { startPostgres, type PostgresServer } from "../../../src/machine/postgres/server.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const run = { fence: 1, signal: new AbortController().signal };

/** A server that writes to its log what a commit waits for, and by itself only after an hour. */
function start(folder: string): Promise<PostgresServer> {
  return startPostgres({ folder, settings: { wal_writer_delay: "10s", wal_writer_flush_after: "1GB" } });
}

/** Ends the server as a crash would: nothing that is only in its memory is written. */
async function crash(server: PostgresServer): Promise<void> {
  process.kill(server.pid, "SIGQUIT");
  await server.stop();
}

// So many that the schema is not described between them, which would wait for the disk as well.
const COUNT = 25;
const TABLES: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [
    `${String(index + 1).padStart(4, "0")}_t`,
    [`create table t${index} ()`, `drop table t${index}`],
  ]),
);
const AND_A_BAD_ONE = { ...TABLES, "0099_bad": ["select 1 / 0", "select 1"] } as const;

test.each([
  // The ledger's place keeps no description at the end either.
  ["a run that went well", TABLES, LEDGER_HISTORY, { kind: "applied" }],
  ["a run that failed", AND_A_BAD_ONE, APP_HISTORY, { kind: "failed", stayed: { length: COUNT } }],
])("what %s has told is still there after the server has crashed", async (_, pairs, place, ends) => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-crash-"));
  const server = await start(folder);
  onTestFinished(() => server.remove());
  const migrations = await someMigrations(server.url, await aMigrationFolder(pairs), { place });
  const outcome = await migrations.apply(run);
  await crash(server);

  expect(outcome).toMatchObject(ends);
  const again = await start(folder);
  onTestFinished(() => again.remove());
  const after = await someMigrations(again.url, await aMigrationFolder(TABLES), { place });
  expect(await after.plan()).toEqual({ kind: "nothing-to-do", applied: COUNT });
});

import type { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { ownTablesProblem, secondRunProblem } from "../../core/seed/second-run.ts";
import type { SeededFile, SeedFile, SeedsToKeep, WrittenRows } from "../../core/seed/types.ts";
import { CLEAN_SESSION } from "./clean-session.ts";
import { demandSame, readBystanders } from "./seed-bystanders.ts";
import { countWritten, writtenBetween, type RowCounts } from "./written-rows.ts";

/** Where a transaction of seeds is, for whoever has to say why it ended. */
export interface SeedProgress {
  /** The file that runs. */
  current: SeedFile | undefined;
  run: "first" | "second";
  /** Id of the transaction whose commit has been sent; undefined before, and when there was nothing to keep. */
  committing: string | undefined;
  /** What the first run did; complete once the second one has begun. */
  files: readonly SeededFile[];
}

interface SeedTransaction {
  readonly client: Client;
  readonly files: readonly SeedFile[];
  readonly keep: boolean;
  readonly signal: AbortSignal;
  /** Told what runs next: a file, or `seeds` for what is asked before all of them. */
  readonly begins: (what: string) => void;
  /** Awaited before the commit. */
  readonly keeping: (seeds: SeedsToKeep) => Promise<void>;
}

/**
 * Runs the files in one transaction and then all of them once more, undoing the second run. Throws what makes them no
 * seeds: a second run that writes a row, a change of the schema, a table that is emptied. The caller rolls back.
 *
 * Of repeatable reads, so that both runs see the same rows of others. A unique index alone sees what was committed
 * meanwhile: a row that somebody takes away between the two runs is brought back by the second, and refused.
 */
export async function seedOnce(run: SeedTransaction, progress: SeedProgress): Promise<void> {
  const { client, keep } = run;
  progress.committing = undefined;
  run.begins("seeds");
  await client.query(CLEAN_SESSION);
  await client.query("begin isolation level repeatable read");
  await demandCounts(client);
  const before = await readBystanders(client);

  progress.run = "first";
  progress.files = await runFiles(run, progress, async (file, wrote) => demandOthers(file, wrote));
  demandSame(before, await readBystanders(client));

  progress.run = "second";
  await client.query("savepoint slipway_second_run");
  await runFiles(run, progress, async (file, wrote) => {
    if (wrote.length > 0) throw new SlipwayError(secondRunProblem(file, wrote), "verifyFailed");
  });
  demandSame(before, await readBystanders(client));
  await client.query("rollback to savepoint slipway_second_run");

  const wrote = progress.files.some((file) => file.wrote.length > 0);
  if (!keep || !wrote) return void (await client.query("rollback"));
  const transaction = await transactionId(client);
  await run.keeping({ transaction, files: progress.files });
  progress.committing = transaction;
  const { command } = await client.query("commit");
  if (command !== "COMMIT") throw new Error(`the server answered ${command} to a commit`);
}

async function runFiles(
  { client, files, signal, begins }: SeedTransaction,
  progress: SeedProgress,
  judge: (file: string, wrote: readonly WrittenRows[]) => Promise<void>,
): Promise<readonly SeededFile[]> {
  const done: SeededFile[] = [];
  let counted: RowCounts = await countWritten(client);
  for (const [index, one] of files.entries()) {
    signal.throwIfAborted();
    progress.current = one;
    begins(one.file);
    const began = performance.now();
    await client.query(one.sql);
    // What one file left in the session must not colour the next one, nor the counts.
    await client.query(CLEAN_SESSION);
    // What was put off to the end of the transaction is due now; the last file answers for it.
    if (index === files.length - 1) await client.query("set constraints all immediate");
    const now = await countWritten(client);
    const wrote = writtenBetween(counted, now);
    counted = now;
    await judge(one.file, wrote);
    const seconds = Math.round(performance.now() - began) / 1000;
    done.push({ file: one.file, sha256: one.sha256, seconds, wrote });
  }
  progress.current = undefined;
  return done;
}

async function transactionId(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>("select pg_current_xact_id()::text as id");
  const [row] = rows;
  if (row === undefined) throw new Error("the server told no transaction");
  return row.id;
}

async function demandCounts(client: Client): Promise<void> {
  const { rows } = await client.query<{ on: string }>("select current_setting('track_counts') as on");
  if (rows[0]?.on === "on") return;
  const problem: Problem = {
    code: "SEED_NOT_MEASURED",
    at: "database",
    says: "does not count the rows that are written (track_counts is off), so nobody can tell what a second run does",
    hint: "set track_counts to on for the server, or for the role that migrates",
  };
  throw new SlipwayError(problem, "verifyFailed");
}

function demandOthers(file: string, wrote: readonly WrittenRows[]): void {
  const problem = ownTablesProblem(file, wrote);
  if (problem !== undefined) throw new SlipwayError(problem, "verifyFailed");
}

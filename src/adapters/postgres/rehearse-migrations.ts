import type { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Migration, MigrationText } from "../../core/migration/types.ts";
import { applyWaivers } from "../../core/migration/apply-waivers.ts";
import type { Waiver } from "../../core/migration/waiver.ts";
import type { WaiverRules } from "../../core/migration/waiver-rules.ts";
import { judgeAgain, judgeDown, type Moment } from "../../core/rehearsal/judge.ts";
import type { Rehearsal, StatementTrace } from "../../core/rehearsal/types.ts";
import type { Secret } from "../../core/secret.ts";
import type { Rehearsed, RehearsalRequest } from "../../ports/rehearsal.ts";
import { canonicalHash } from "./canonical-hash.ts";
import { checkKept, countKept } from "./kept-rows.ts";
import { takeSnapshot } from "./kept-snapshots.ts";
import { readMigrations } from "./migration-folder.ts";
import { readRehearsalRows } from "./rehearsal-rows.ts";
import { sumRows } from "./row-sums.ts";
import { withScratchDatabase, type ScratchDatabase } from "./scratch-database.ts";
import { statementProblem } from "./statement-problem.ts";
import { traceStatements } from "./trace-statements.ts";

export interface RehearsalPlace {
  /** A server on which a database and a role may be made. */
  readonly server: Secret;
  readonly folder: string;
  /** Folder of SQL files that the server's administrator runs: `0002_rows.sql` after migration 0002, `0000_…` before all. */
  readonly rowsFolder: string;
  /** Undefined: of a waiver only the last day counts. */
  readonly waivers?: WaiverRules;
}

/**
 * Takes each pending migration up, down and up again in a database of its own: the down must give back schema and rows,
 * the second up the schema of the first. Stops at the first that does not go up.
 */
export async function rehearseMigrations(
  { server, folder, rowsFolder, waivers: rules }: RehearsalPlace,
  request: RehearsalRequest,
): Promise<Rehearsed> {
  const { migrations, problems, waivers } = await readMigrations(folder, rules);
  if (problems.length > 0) return { postgres: "", rehearsals: [], waived: [], problems };
  const rows = await readRehearsalRows(rowsFolder);

  return withScratchDatabase(server, async (scratch) => {
    const postgres = await versionOf(scratch.observer);
    const rehearsals: Rehearsal[] = [];
    const waived: Waiver[] = [];
    await rows.first(scratch.observer);
    for (const migration of migrations) {
      request.signal.throwIfAborted();
      if (request.applied.includes(migration.id)) {
        const { client } = scratch.worker;
        const failed: Problem[] = [];
        await attempt(client, migration.up, () => runText(client, migration.up), failed);
        if (failed.length > 0) return { postgres, rehearsals, waived, problems: failed };
      } else {
        const found = await rehearseOne(scratch, migration, request.roundTrip, postgres);
        const { left, waived: now } = applyWaivers(found.problems, waivers);
        waived.push(...now);
        rehearsals.push({ ...found, problems: left, passed: left.length === 0 });
        if (found.schemaAfter === "") break;
      }
      await rows.after(scratch.observer, migration.id);
    }
    return { postgres, rehearsals, waived, problems: [] };
  });
}

async function rehearseOne(
  scratch: ScratchDatabase,
  migration: Migration,
  roundTrip: boolean,
  postgres: string,
): Promise<Rehearsal> {
  const { client } = scratch.worker;
  const before = await momentOf(scratch);
  const took = { up: 0, down: null as number | null, again: null as number | null };
  const problems: Problem[] = [];
  let up: readonly StatementTrace[] = [];
  let first: Moment | undefined;
  const timed = async <T>(text: MigrationText, as: keyof typeof took, work: () => Promise<T>) => {
    const began = performance.now();
    const done = await attempt(client, text, work, problems);
    took[as] = Math.round(performance.now() - began) / 1000;
    return done;
  };

  const traced = await timed(migration.up, "up", () => traceStatements(client, migration.up));
  if (traced !== undefined) {
    up = traced;
    first = await momentOf(scratch);
  }
  if (first !== undefined && roundTrip && !migration.irreversible) {
    const wentDown = await timed(migration.down, "down", () => runText(client, migration.down));
    if (wentDown !== undefined) {
      problems.push(...judgeDown(migration, before, await momentOf(scratch)));
      const again = await timed(migration.up, "again", () => runText(client, migration.up));
      if (again !== undefined) problems.push(...judgeAgain(migration, first, await momentOf(scratch)));
      // Without its second up the rest has nothing to stand on.
      else first = undefined;
    }
  }
  return {
    id: migration.id,
    file: migration.up.file,
    upSha256: migration.up.sha256,
    downSha256: migration.down.sha256,
    renderedSha256: migration.renderedSha256,
    postgres,
    passed: problems.length === 0,
    schemaBefore: before.sha256,
    schemaAfter: first?.sha256 ?? "",
    rows: [...before.rows.values()].reduce((sum, { count }) => sum + count, 0),
    up,
    seconds: took,
    problems,
  };
}

/** `undefined` when it failed; then the transaction is rolled back and the problem is kept. */
async function attempt<T>(
  client: Client,
  text: MigrationText,
  work: () => Promise<T>,
  problems: Problem[],
): Promise<T | undefined> {
  try {
    await client.query("discard all");
    return await work();
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    const known = error instanceof SlipwayError ? error.problems[0] : undefined;
    problems.push(known ?? statementProblem(error, text));
    return undefined;
  }
}

async function runText(client: Client, text: MigrationText): Promise<true> {
  const { inTransaction } = text.header;
  if (inTransaction) await client.query("begin");
  const kept = await countKept(client, text);
  await client.query(text.sql);
  await checkKept(client, text, kept);
  if (inTransaction) await client.query("commit");
  await client.query("discard all");
  return true;
}

async function momentOf({ observer, owner }: ScratchDatabase): Promise<Moment> {
  const { snapshot } = await takeSnapshot(observer);
  // The role's name is new each time, and a schema is the same whoever rehearses it.
  const named: unknown = JSON.parse(JSON.stringify(snapshot).replaceAll(owner, "owner"));
  const same = named as typeof snapshot;
  return { sha256: canonicalHash(same), snapshot: same, rows: await sumRows(observer) };
}

async function versionOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "select split_part(current_setting('server_version'), ' ', 1) as version",
  );
  return rows[0]?.version ?? "";
}

import type { Client } from "pg";
import type { Problem } from "../../core/errors.ts";
import { compareHistory } from "../../core/migration/compare-history.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { WaiverDemand } from "../../core/migration/waiver-rules.ts";
import { demandRehearsals } from "../../core/rehearsal/demand-rehearsals.ts";
import type { MigrationPlan } from "../../ports/migrations.ts";
import { readKeptRehearsals } from "./kept-rehearsals.ts";
import type { MigrationFolder } from "./migration-folder.ts";
import { readHistory, type AppliedRow, type HistoryPlace } from "./migration-history.ts";

export interface PlannedMigrations {
  readonly answer: MigrationPlan;
  readonly folder: MigrationFolder;
  readonly migrations: readonly Migration[];
  readonly applied: readonly AppliedRow[];
  readonly pending: readonly Migration[];
  /** What ran under plain node-pg-migrate and is not in our history yet. */
  readonly adopted: readonly { readonly migration: Migration; readonly ranAt: string }[];
  readonly problems: readonly Problem[];
}

/** What an environment demands of what is pending. */
export interface PendingDemands {
  readonly demandsRehearsal?: boolean | undefined;
  readonly waivers?: WaiverDemand | undefined;
}

/** Files against history. Changes nothing. */
export async function planMigrations(
  client: Client,
  folder: MigrationFolder,
  place: HistoryPlace,
  { demandsRehearsal = false, waivers }: PendingDemands = {},
): Promise<PlannedMigrations> {
  const history = await readHistory(client, place);
  const { migrations } = folder;
  if (history.kind === "damaged") {
    const problems = [...folder.problems, damaged(place, history.ids)];
    return refused(problems, { folder, migrations, applied: [], pending: [], adopted: [] });
  }

  const { applied } = history;
  const { pending, problems } = compareHistory(migrations, applied);
  const adopted = applied.flatMap(({ id, adopted: isAdopted, ranAt }) => {
    const migration = migrations.find((one) => one.id === id);
    return isAdopted === true && migration !== undefined ? [{ migration, ranAt }] : [];
  });
  const rest = { folder, migrations, applied, pending, adopted };
  const unrehearsed = demandsRehearsal ? await withoutRehearsal(client, folder.path, pending) : [];
  const isStrict = waivers !== undefined && waivers !== "unasked" && waivers.demand === "signed";
  const unsigned = isStrict ? waiverFaults(folder, pending) : [];
  const all = [...new Set([...folder.problems, ...problems, ...unrehearsed, ...unsigned])];
  if (all.length > 0) return refused(all, rest);
  if (pending.length === 0) {
    return { answer: { kind: "nothing-to-do", applied: applied.length }, problems: [], ...rest };
  }
  const files = pending.map(({ up }) => ({ file: up.file, sha256: up.sha256 }));
  return { answer: { kind: "planned", applied: applied.length, pending: files }, problems: [], ...rest };
}

// A lint or a rehearsal that passed on a waiver has passed elsewhere, so the waiver must hold here too.
function waiverFaults({ waivers }: MigrationFolder, pending: readonly Migration[]): readonly Problem[] {
  const files = new Set(pending.flatMap(({ up, down }) => [up.file, down.file]));
  return waivers.flatMap(({ waiver, fault }) => (fault !== undefined && files.has(waiver.at) ? [fault] : []));
}

async function withoutRehearsal(
  client: Client,
  path: string,
  pending: readonly Migration[],
): Promise<readonly Problem[]> {
  if (pending.length === 0) return [];
  const { kept, problems } = await readKeptRehearsals(path);
  const { rows } = await client.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  return problems.length > 0 ? problems : demandRehearsals(pending, kept, rows[0]?.major ?? 0);
}

function refused(
  problems: readonly Problem[],
  rest: Omit<PlannedMigrations, "answer" | "problems">,
): PlannedMigrations {
  return { ...rest, answer: { kind: "refused", problems }, problems };
}

function damaged({ schema }: HistoryPlace, ids: readonly string[]): Problem {
  return {
    code: "MIGRATION_HISTORY_DAMAGED",
    at: schema,
    says: `the tables of the history disagree about ${ids.join(", ")}`,
    hint: `find out who wrote into ${schema} by hand and restore it`,
  };
}

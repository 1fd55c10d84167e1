import type { Client } from "pg";
import { compareData, type IsDeclared } from "../../core/data-check/compare-data.ts";
import type { DataCheck, DataFacts, DataMeasure } from "../../core/data-check/types.ts";
import { checkData } from "./check-data.ts";
import { declaredHalves } from "./declared-halves.ts";
import type { PlannedMigrations } from "./plan-migrations.ts";

// What a deployment waits for, once before it migrates and once after.
const LIMITS = { questionMs: 30_000, totalMs: 60_000 };

// While these are off, rows lose their parents although every foreign key stays valid.
const SWITCHES_OFF = /\bsession_replication_role\b|\bdisable\s+trigger\s+(all\b|"RI_)/i;

/** How the data is before a run. Foreign keys that are validated are compared when a pending migration gets round them. */
export async function measureData(
  client: Client,
  { applied, pending }: PlannedMigrations,
  folder: string,
): Promise<DataMeasure> {
  const thorough = pending.some(({ up }) => SWITCHES_OFF.test(up.sql));
  const facts = await factsOf(client, folder, thorough);
  return { facts, applied: applied.map(({ id }) => id), thorough };
}

/** What has become wrong since the measure. */
export async function checkMeasured(
  client: Client,
  before: DataMeasure,
  plan: () => Promise<PlannedMigrations>,
  folder: string,
): Promise<DataCheck> {
  const facts = await factsOf(client, folder, before.thorough);
  // Read and parsed only where it matters.
  const isDeclared = facts.unvalidated.length > 0 ? await declaredSince(before, await plan()) : () => false;
  return compareData(before, { ...before, facts }, isDeclared);
}

function declaredSince(before: DataMeasure, { applied, migrations }: PlannedMigrations): Promise<IsDeclared> {
  const now = applied.map(({ id }) => id);
  return declaredHalves(migrations, before.applied, now);
}

async function factsOf(client: Client, folder: string, thorough: boolean): Promise<DataFacts> {
  // What a migration left in the session must not colour the answers.
  await client.query("discard all");
  return checkData(client, { ...LIMITS, folder, thorough });
}

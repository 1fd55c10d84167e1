import type { Release, ReleaseMigration } from "../release/types.ts";
import { migrationsIn, type AttemptRecord } from "./earlier-attempts.ts";
import type { KnownGood } from "./types.ts";

/** A deployment that was never committed: its manifest and its records, oldest first. */
export interface Uncommitted {
  readonly manifest: Release;
  readonly records: readonly AttemptRecord[];
}

/**
 * Contract migrations that are applied for sure or may be: those of every release that was good here, and of deployments
 * since then those that were not pending when they began, or that they began to apply.
 */
export function appliedContracts(
  history: readonly KnownGood[],
  since: readonly Uncommitted[],
): ReleaseMigration[] {
  const all = [...history.flatMap(({ release }) => release.migrations), ...since.flatMap(appliedBy)];
  return all.filter(({ phase }) => phase === "contract");
}

function appliedBy({ manifest, records }: Uncommitted): readonly ReleaseMigration[] {
  const began = records.find(({ type, phase }) => type === "deployment" && phase === "intent")?.data ?? {};
  // It could not be compared with the database, so it says nothing about it, and has changed nothing.
  if (!Array.isArray(began["pending"])) return [];

  const pending = new Set(migrationsIn(began["pending"]).map(({ file }) => file));
  const migrated = records.some(({ step, phase }) => step === "migrate" && phase === "intent");
  const stayed = stayedOf(records);
  return manifest.migrations.filter(
    ({ file }) => !pending.has(file) || (migrated && (stayed?.includes(file) ?? true)),
  );
}

/** What a failed migrate step has left applied; undefined when none failed. */
function stayedOf(records: readonly AttemptRecord[]): readonly unknown[] | undefined {
  const last = records.findLast(({ step, phase }) => step === "migrate" && phase === "outcome");
  const stayed = last?.data["stayed"];
  return last?.outcome === "failed" && Array.isArray(stayed) ? stayed : undefined;
}

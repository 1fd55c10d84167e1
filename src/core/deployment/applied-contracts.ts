import type { ReleaseMigration } from "../release/types.ts";
import { migrationsIn, type AttemptRecord } from "./earlier-attempts.ts";
import type { KnownGood } from "./types.ts";

/**
 * Contract migrations that are applied for sure or may be: those of every release that was good here, and those that
 * were pending when the latest deployment began to migrate, whether or not it reached its end.
 *
 * @param latest records of the latest deployment, oldest first
 */
export function appliedContracts(
  history: readonly KnownGood[],
  latest: readonly AttemptRecord[],
): ReleaseMigration[] {
  const began = latest.find(({ type, phase }) => type === "deployment" && phase === "intent");
  const migrated = latest.some(({ step, phase }) => step === "migrate" && phase === "intent");
  const begun = migrated ? migrationsIn(began?.data["pending"]) : [];
  const stayed = stayedOf(latest);
  const all = [
    ...history.flatMap(({ release }) => release.migrations),
    ...(stayed === undefined ? begun : begun.filter(({ file }) => stayed.includes(file))),
  ];
  return all.filter(({ phase }) => phase === "contract");
}

/** What a failed migrate step has left applied; undefined when none failed. */
function stayedOf(records: readonly AttemptRecord[]): readonly unknown[] | undefined {
  const last = records.findLast(({ step, phase }) => step === "migrate" && phase === "outcome");
  const stayed = last?.data["stayed"];
  return last?.outcome === "failed" && Array.isArray(stayed) ? stayed : undefined;
}

import type { Problem } from "../errors.ts";
import { isObject } from "../ledger/is-object.ts";

/** The part of a journal record that tells of a step which changes the app's database. */
export interface TrailRecord {
  readonly deploymentId: string;
  readonly step: string | undefined;
  readonly phase: "intent" | "outcome";
  readonly outcome: string | undefined;
  readonly fence: number | null;
  readonly actor: string;
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What changed the database, or meant to: a deployment, or a person's own command. */
export type MigratingRun = "deployment" | "migrate up" | "migrate down";

/** The record that began the migrating of a run; undefined: it has not begun to. */
export function intentOf(id: string, trail: readonly TrailRecord[]): TrailRecord | undefined {
  return trail.find(
    ({ deploymentId, step, phase }) => deploymentId === id && step === "migrate" && phase === "intent",
  );
}

/** Whose intent it is. */
export function runOf({ data }: Pick<TrailRecord, "data">): MigratingRun {
  if (data["direction"] === "down") return "migrate down";
  // A deployment has said what is pending when it was opened.
  return Array.isArray(data["pending"]) ? "migrate up" : "deployment";
}

/** A run as people call it; a deployment goes by its id alone. */
export function nameOfRun({
  run,
  deploymentId,
}: {
  readonly run: MigratingRun;
  readonly deploymentId: string;
}): string {
  return run === "deployment" ? deploymentId : `${run} ${deploymentId}`;
}

/** The problems that a record holds. */
export function problemsIn({ data }: Pick<TrailRecord, "data">): readonly Problem[] {
  return listIn(data, "problems").filter(isProblem);
}

/** The list of that name; empty where a record has none. */
export function listIn(data: TrailRecord["data"], name: string): readonly unknown[] {
  const value = data[name];
  return Array.isArray(value) ? value : [];
}

function isProblem(value: unknown): value is Problem {
  return isObject(value) && ["code", "at", "says", "hint"].every((key) => typeof value[key] === "string");
}

import { sentence } from "../errors.ts";
import { isObject } from "../ledger/is-object.ts";
import {
  intentOf,
  listIn,
  problemsIn,
  runOf,
  type MigratingRun,
  type TrailRecord,
} from "./migration-trail.ts";

/** A `migrate up` or `migrate down` that a person ran and that stopped half-way. */
export interface OpenMigration {
  /** Under which the ledger has its records. */
  readonly deploymentId: string;
  readonly run: Exclude<MigratingRun, "deployment">;
  /** `not ended`: it was killed, or the ledger did not answer any more. */
  readonly how: "not ended" | "interrupted" | "outcome unknown";
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
  readonly actor: string;
  /** What it has left, as far as it is on record. */
  readonly left: string;
  /** The command that goes on with it. */
  readonly next: string;
}

/** A migration may have been kept and nobody could ask, or a fault of ours ended the run in the middle. */
const UNKNOWN = new Set(["MIGRATION_OUTCOME_UNKNOWN", "BUG"]);

/**
 * Whether the newest run is one that a person has to go on with. A deployment that stopped half-way is in the list of
 * deployments, and `resume` ends it.
 *
 * @param trail oldest first, from after the last run that migrated
 * @param held fence of the lease that is held now: a run under it is under way
 */
export function openMigration(
  trail: readonly TrailRecord[],
  { environment, held }: { readonly environment: string; readonly held: number | undefined },
): OpenMigration | undefined {
  const last = trail.findLast((record) => isLastOfItsRun(record, trail));
  const intent = last && intentOf(last.deploymentId, trail);
  if (last === undefined || intent === undefined || last.fence === held) return undefined;

  const run = runOf(intent);
  const how = howItStopped(last);
  if (how === undefined || run === "deployment") return undefined;
  const { deploymentId, at, actor } = last;
  const left = leftBy(last, intent);
  return { deploymentId, run, how, at, actor, left, next: nextAfter(intent, environment) };
}

/** Of a run that may have changed something: what was refused before is no news of the run before it. */
function isLastOfItsRun(record: TrailRecord, trail: readonly TrailRecord[]): boolean {
  const records = trail.filter(({ deploymentId }) => deploymentId === record.deploymentId);
  if (records.at(-1) !== record || intentOf(record.deploymentId, trail) === undefined) return false;
  return record.phase === "intent" || records.some(hasRun);
}

function hasRun(record: TrailRecord): boolean {
  const { phase, outcome, data } = record;
  if (phase === "intent") return false;
  return (
    outcome !== "failed" || isObject(data["failed"]) || listIn(data, "ran").length > 0 || isUnknown(record)
  );
}

function howItStopped(record: TrailRecord): OpenMigration["how"] | undefined {
  const { phase, outcome, data } = record;
  if (phase === "intent") return "not ended";
  if (outcome === "interrupted") return "interrupted";
  if (isUnknown(record)) return "outcome unknown";
  // Killed after it failed, before the downs that undo it.
  return listIn(data, "undoes").length > 0 ? "not ended" : undefined;
}

function isUnknown(record: TrailRecord): boolean {
  return problemsIn(record).some(({ code }) => UNKNOWN.has(code));
}

function leftBy(last: TrailRecord, intent: TrailRecord): string {
  const { data } = last;
  const undoes = listIn(data, last.phase === "intent" ? "files" : "undoes");
  if (undoes.length > 0) return `it failed, and nobody knows how far it was undone (${undoes.join(", ")})`;
  const [problem] = problemsIn(last);
  if (problem !== undefined) return sentence({ ...problem, hint: "" });
  return `nobody knows how far it came (${meantBy(intent)})`;
}

function meantBy({ data }: TrailRecord): string {
  const { stays } = data;
  if (runOf({ data }) === "migrate down") return typeof stays === "string" ? `down to ${stays}` : "down";
  return listIn(data, "pending")
    .flatMap((one) => (isObject(one) && typeof one["file"] === "string" ? [one["file"]] : []))
    .join(", ");
}

/** The same command again; of `--count` with the name of what stays, because the count may be used up in part. */
function nextAfter({ data }: TrailRecord, environment: string): string {
  if (runOf({ data }) === "migrate up") return `slipway migrate up --env=${environment}`;
  const { stays } = data;
  return typeof stays === "string"
    ? `slipway migrate down --env=${environment} --to=${stays}`
    : `slipway migrate status --env=${environment}`;
}

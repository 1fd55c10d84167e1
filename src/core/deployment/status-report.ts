import type { Hold, ReviewDue } from "../acts/types.ts";
import { utcText } from "../gates/window-time.ts";
import { printable } from "../printable.ts";
import type { ObservedService } from "./service.ts";
import { nameOfRun } from "./migration-trail.ts";
import type { OpenMigration } from "./open-migration.ts";
import type { SchemaStop } from "./schema-stop.ts";
import type { DeploymentSummary } from "./types.ts";

export interface ComponentStatus {
  readonly component: string;
  readonly url: string | null;
  /** What the platform says; null when there is no such service. */
  readonly running: ObservedService | null;
  /** The revision that the ledger says is last known good. */
  readonly recorded: string | null;
  /** The platform does not run what was recorded. */
  readonly drifted: boolean;
}

/** The answer of `status`: with `--json` this very document. */
export interface StatusReport {
  readonly app: string;
  readonly environment: string;
  readonly release: string | null;
  readonly version: string | null;
  readonly commit: string | null;
  readonly since: string | null;
  readonly components: readonly ComponentStatus[];
  readonly lease: {
    readonly holder: string;
    /** What `slipway unlock --lease` asks for. */
    readonly fence: number;
    readonly purpose: string;
    /** Page of the CI's run. */
    readonly link?: string | undefined;
    readonly takenAt: string;
    readonly expiresAt: string;
  } | null;
  /** Stops of the line that nobody has released. */
  readonly holds: readonly Hold[];
  /** Broken glass that nobody has looked into. */
  readonly reviews: readonly ReviewDue[];
  /** How many of the ledger's newest records are not kept outside of it, whatever environment they are about. */
  readonly unanchored: number;
  /**
   * A deployment or a person's own run of migrations has left another schema than it found, and no record says that it was
   * put right; null: none has. Whether it still is so, `migrate drift` says.
   */
  readonly schemaLeft: SchemaStop | null;
  /** A `migrate up` or `migrate down` stopped half-way, and nobody has gone on with it. */
  readonly migrationLeft: OpenMigration | null;
  readonly deployments: readonly DeploymentSummary[];
}

/** The status as people read it. */
export function describeStatus(status: StatusReport): string {
  const { app, environment, release, version, since, components, lease, deployments, unanchored } = status;
  const runs =
    release === null
      ? `${app} was never deployed to ${environment}`
      : `${app} ${version} (${release}) in ${environment} since ${toTheSecond(since)}`;
  return [
    runs,
    ...components.map(describeComponent),
    lease === null
      ? "  nobody holds it"
      : `  held by ${lease.holder} since ${toTheSecond(lease.takenAt)}, lease ${lease.fence}: ${lease.purpose}${lease.link === undefined ? "" : `, ${lease.link}`}`,
    ...status.holds.map(
      ({ id, by, at, reason }) =>
        `  HOLD since ${utcText(at)} by ${by}: ${printable(reason)} (slipway release-hold --env=${environment} --hold=${id} --reason=<why>)`,
    ),
    ...status.reviews.map(
      ({ id, deploymentId, because, at }) =>
        `  REVIEW DUE since ${utcText(at)}: ${deploymentId} broke the glass: ${printable(because)} (slipway close-review --env=${environment} --review=${id} --finding=<what>)`,
    ),
    ...(status.schemaLeft === null ? [] : [describeStop(status.schemaLeft, environment)]),
    ...(status.migrationLeft === null ? [] : [describeOpen(status.migrationLeft)]),
    ...(unanchored === 0
      ? []
      : [
          `  NOT ANCHORED: ${unanchored} record${unanchored === 1 ? "" : "s"} (slipway resume --env=${environment} anchors them)`,
        ]),
    ...(deployments.length === 0 ? [] : ["", "last deployments"]),
    ...deployments.map(
      ({ startedAt, purpose, releaseId, version, outcome, actor }) =>
        `  ${toTheSecond(startedAt)}  ${purpose} ${version} ${releaseId}  ${outcome ?? "not ended"}  ${actor}`,
    ),
  ].join("\n");
}

function describeStop(stop: SchemaStop, environment: string): string {
  const { at, problem } = stop;
  const what = printable(`${problem.at}: ${problem.says}`);
  return `  SCHEMA NOT AS IT WAS since ${toTheSecond(at)}, ${nameOfRun(stop)}: ${what} (slipway migrate drift --env=${environment} says whether it still is so; then ${printable(problem.hint)}; once it is mended: slipway resume --env=${environment})`;
}

function describeOpen({ run, how, at, deploymentId, actor, left, next }: OpenMigration): string {
  return `  ${run.toUpperCase()} ${how.toUpperCase()} since ${toTheSecond(at)}, ${deploymentId} by ${actor}: ${printable(left)} (${printable(next)})`;
}

/** For people: `2026-11-21 02:16:25 UTC` of an RFC 3339 time in UTC with any fraction. */
function toTheSecond(at: string | null): string {
  return at === null ? "an unknown time" : `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

function describeComponent({ component, url, running, recorded, drifted }: ComponentStatus): string {
  if (running === null)
    return `  ${component}: no service${recorded === null ? "" : ` — DRIFT, ${recorded} was recorded`}`;
  const tasks = `${running.running} of ${running.desired} tasks run`;
  const drift = drifted ? ` — DRIFT: at ${running.revision}, recorded ${recorded}` : "";
  return `  ${component}: ${tasks}${url === null ? "" : `, ${url}`}${drift}`;
}

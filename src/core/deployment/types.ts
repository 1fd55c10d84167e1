// The words of a deployment that more than one part needs. Types only.

import type { Release } from "../release/types.ts";

/**
 * In the order in which a deployment takes them. `rollback` steps undo; `commit` makes a release last known good; `seed`
 * is taken by `migrate seed` alone.
 */
export const STEPS = [
  "parse",
  "identity",
  "lease",
  "observe",
  "gates",
  "verify",
  "backup",
  "migrate",
  "seed",
  "stage",
  "shift",
  "wait",
  "smoke",
  "watch",
  "commit",
  "rollback-migrate",
  "rollback-shift",
  "rollback-wait",
  "rollback-smoke",
  "stop",
  "anchor",
] as const;

export type StepName = (typeof STEPS)[number];

/** How a step, or an attempt of it, ended. */
export type StepOutcome = "done" | "skipped" | "failed" | "interrupted";

/** How a deployment ended. */
export type DeploymentOutcome =
  | "deployed"
  | "nothing-to-do"
  | "refused"
  | "rolled-back"
  | "rollback-failed"
  | "stopped"
  | "interrupted"
  /** A gate was closed; nothing was changed. */
  | "gated"
  | "failed";

export type DeploymentPurpose = "deploy" | "rollback";

/** A release that was deployed, passed its smoke test and was committed. */
export interface KnownGood {
  readonly deploymentId: string;
  readonly purpose: DeploymentPurpose;
  readonly release: Release;
  /** Component → the platform's name of what runs it (on ECS: the task definition's ARN). */
  readonly revisions: Readonly<Record<string, string>>;
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
}

export interface DeploymentSummary {
  readonly deploymentId: string;
  readonly purpose: DeploymentPurpose;
  readonly releaseId: string;
  readonly version: string;
  readonly actor: string;
  /** `undefined` while it runs, or when it was killed and nobody has resumed it. */
  readonly outcome: DeploymentOutcome | undefined;
  /** Database time, RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | undefined;
}

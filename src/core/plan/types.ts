import type { Problem } from "../errors.ts";
import type { GateDecision } from "../gates/types.ts";
import type { Release, ReleaseMigration } from "../release/types.ts";

/** What a deployment would do. All of it but the gates, which time changes, is under the fingerprint. */
export interface Plan {
  readonly schema: 1;
  readonly app: string;
  readonly environment: string;
  readonly release: {
    readonly id: string;
    readonly version: string;
    readonly commit: string;
    /** The release's author, who may not approve it; left out when the manifest does not say. */
    readonly author?: string;
    /** Hex SHA-256 of the manifest's canonical JSON. */
    readonly sha256: string;
  };
  /** Hex SHA-256 of the canonical JSON of the config that this plan was made with, its policies included. */
  readonly configSha256: string;
  readonly migrations: { readonly applied: number; readonly pending: readonly ReleaseMigration[] };
  /** Component → what it runs now and what image it will run. */
  readonly components: Readonly<
    Record<string, { readonly revision: string | null; readonly image: string; readonly desired: number }>
  >;
  /** Id of the last known good release, where a failure leads back to; null: to a stop. */
  readonly wayBack: string | null;
  /** Most that the way back may take, from the live settings; null when there is none. */
  readonly worstRollbackSeconds: number | null;
  /** Hex SHA-256 of the canonical JSON of everything above. */
  readonly fingerprint: string;
}

/** The answer of `plan`. */
export interface PlanReport {
  readonly plan: Plan;
  /** The release that was planned, whole: the saved report is all that `deploy --plan` needs. */
  readonly manifest: Release;
  /** `nothing-to-do`: the release runs there; `resume`: a deployment of it was left open and would be gone on with. */
  readonly does: "deploy" | "resume" | "nothing-to-do";
  readonly gates: readonly GateDecision[];
  /** Whether a deployment would be let in now: every gate is open. */
  readonly open: boolean;
  /** What the verify step would refuse. */
  readonly problems: readonly Problem[];
  /** What somebody should know before they approve it: a closed way back, a drifted service. */
  readonly notes: readonly string[];
  /** 0: it would go; 10: a gate is closed; 11: verify would refuse it. */
  readonly exitCode: number;
}

import type { Release } from "../core/release/types.ts";
import type { DeploymentSummary, KnownGood } from "../core/deployment/types.ts";
import type { JournalRecord } from "./journal.ts";

/** What the ledger knows about the past of an environment. Reads only; `Journal.append` writes. */
export interface Releases {
  /** The release committed last, by a deployment or by a rollback. */
  lastKnownGood(app: string, env: string): Promise<KnownGood | undefined>;

  /** All commits, oldest first. */
  history(app: string, env: string): Promise<readonly KnownGood[]>;

  /** Deployments, newest first, at most `limit`. */
  deployments(app: string, env: string, limit: number): Promise<readonly DeploymentSummary[]>;

  /** The release that a deployment was opened with; `undefined` when there is no such deployment. */
  manifestOf(deploymentId: string): Promise<Release | undefined>;

  /**
   * Records of the steps that migrate the app's database or undo that, oldest first, whoever ran them: those after the last
   * one that migrated, or that found in a deployment that nothing was pending.
   */
  migrationTrail(app: string, env: string): Promise<readonly JournalRecord[]>;
}

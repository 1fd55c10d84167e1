import type { DeploymentOutcome } from "../../../src/core/deployment/types.ts";
import type { StoredRow } from "../lab/read-ledger.ts";
import type { ObservedPlatform } from "../lab/platform.ts";
import type { Run } from "../lab/run.ts";

/** A release as far as the oracle compares it. */
export interface KnownRelease {
  readonly id: string;
  readonly image: string;
}

/** What a cell may end in. */
export type End = "new" | "old" | "nothing";

/** What the runs of a cell were for. */
export interface CellRuns {
  /** Those that made the world as it was before. */
  readonly setUp: readonly Run[];
  /** Those that something happened to. */
  readonly faulted: readonly Run[];
  /** The one that has to bring it to an end by itself; undefined where the faulted run had to. */
  readonly recovery: Run | undefined;
  /** The recovery once more, when there is nothing left to do. */
  readonly again: Run | undefined;
}

export interface ProbeFacts {
  readonly sent: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

/** All that is known of a cell when it has ended; what the oracle judges. */
export interface CellFacts {
  readonly runs: CellRuns;
  readonly target: KnownRelease;
  /** What served before; undefined where nothing did. */
  readonly before: KnownRelease | undefined;
  readonly mayEnd: readonly End[];
  /** Something that must be known was not: then the faulted runs may change nothing after this instant. */
  readonly blindSince: number | undefined;
  readonly platform: ObservedPlatform;
  readonly ledger: LedgerFacts;
  readonly database: DatabaseFacts;
  /** Undefined where no healthy old version existed. */
  readonly probe: ProbeFacts | undefined;
  /** Planted values that were found, and where. */
  readonly secretsFound: readonly string[];
  /** What the runs left behind: processes, sessions, locks, files. */
  readonly leftBehind: readonly string[];
}

export interface LedgerFacts {
  readonly rows: readonly StoredRow[];
  readonly headSeq: number;
  readonly headHash: string;
  /** Position of the head before the last run, which had nothing left to do. */
  readonly seqBeforeAgain: number | undefined;
  /** Is a lease held by anybody? */
  readonly heldBy: string | undefined;
  readonly deployments: readonly { readonly id: string; readonly outcome: DeploymentOutcome | undefined }[];
  /** Release ids, oldest first. */
  readonly commits: readonly string[];
}

export interface DatabaseFacts {
  readonly schema: string;
  /** The schema before, those after each migration, and at the end the one after all of them. */
  readonly onTheWay: readonly string[];
  readonly untouched: string;
  readonly untouchedBefore: string;
}

/** A rule that has to hold whatever happened: its number and what breaks it, nothing when it holds. */
export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly check: (facts: CellFacts) => readonly string[];
}

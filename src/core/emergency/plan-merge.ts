import type { KnownGood } from "../deployment/types.ts";
import type { ExitKind, Problem } from "../errors.ts";
import type { EmergencyRecord } from "./journal-chain.ts";
import type { JournalStory } from "./journal-story.ts";

/** A record of the ledger, as far as a merge looks at it. */
export interface LedgerEntry {
  readonly type: string;
  readonly step: string | undefined;
  readonly phase: string;
  readonly outcome: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface MergeFacts {
  readonly story: JournalStory;
  readonly app: string;
  readonly env: string;
  /** Id of the ledger to merge into; undefined: it has none. */
  readonly log: string | undefined;
  /** Its commits of the environment, oldest first. */
  readonly history: readonly KnownGood[];
  /** What it has of the emergency's deployment already, oldest first. */
  readonly there: readonly LedgerEntry[];
}

export type MergePlan =
  | { readonly kind: "nothing-to-do" }
  | { readonly kind: "refused"; readonly exit: ExitKind; readonly problem: Problem }
  | {
      readonly kind: "merge";
      /** Records that are not there as late entries yet. */
      readonly late: readonly EmergencyRecord[];
      readonly begin: boolean;
      /** What the emergency brought back runs still, as far as the ledger knows. */
      readonly commit: boolean;
      /** It was committed, and another deployment came after it. */
      readonly overtaken: boolean;
    };

/** The act of a late entry. */
export const LATE_ENTRY = "late-entry";

/** What of a journal the ledger still lacks. */
export function planMerge({ story, app, env, log, history, there }: MergeFacts): MergePlan {
  const { deploymentId, base, committed } = story;
  if (story.app !== app || story.env !== env) {
    return refused(
      "usage",
      `is of ${story.app}/${story.env}, not of ${app}/${env}`,
      "merge it in its own app's folder",
    );
  }
  if (story.log !== log) {
    const says = `continues the ledger ${story.log}, and this one is ${log ?? "none"}`;
    return refused(
      "usage",
      says,
      "give the URL of that ledger; a new ledger cannot take over what another one began",
    );
  }

  const isThere = (one: Partial<LedgerEntry>) =>
    there.some((entry) => entry.type === one.type && entry.step === one.step && entry.phase === one.phase);
  if (isThere({ type: "deployment", step: undefined, phase: "outcome" })) return { kind: "nothing-to-do" };

  const known = history.map((commit) => commit.deploymentId);
  if (!known.includes(base)) {
    const says = `goes on from ${base}, of which this ledger knows nothing`;
    const hint = "merge the journal of that emergency first; the anchors keep a copy of each";
    return refused("verifyFailed", says, hint);
  }
  const orders = new Set(there.map(({ data }) => (data["act"] === LATE_ENTRY ? data["order"] : undefined)));
  const isLast = known.at(-1) === base;
  const isCommitted = known.includes(deploymentId);
  return {
    kind: "merge",
    late: story.records.filter(({ seq }) => !orders.has(seq)),
    begin: !isThere({ type: "deployment", step: undefined, phase: "intent" }),
    commit: committed !== undefined && isLast && !isCommitted,
    overtaken: committed !== undefined && !isLast && !isCommitted,
  };
}

function refused(exit: ExitKind, says: string, hint: string): MergePlan {
  return { kind: "refused", exit, problem: { code: "JOURNAL_OTHER", at: "--journal", says, hint } };
}

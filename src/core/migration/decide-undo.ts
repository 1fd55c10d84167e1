import type { MigrationPhase } from "./types.ts";

/** What a migration's file and its rehearsal say of its way back. */
export interface WayBack {
  /** File of the up. */
  readonly file: string;
  readonly phase: MigrationPhase | undefined;
  /** There is no down; a waiver says so. */
  readonly irreversible: boolean;
  /** A rehearsal of these very texts, on this major version of the server, has passed. */
  readonly rehearsed: boolean;
}

/** What is known when a run of migrations did not end well. */
export interface FailedRun {
  readonly direction: "up" | "down";
  /** `failed`: a migration did. `checks`: all ran, and what they left is not sound. */
  readonly because: "failed" | "checks";
  /** Those that ran and were recorded, oldest first. */
  readonly ran: readonly WayBack[];
  /** The one that failed; undefined: none had begun. */
  readonly failed: (WayBack & { readonly inTransaction: boolean }) | undefined;
  /** Whether the schema is what it was before the one that failed; undefined: nobody can say. */
  readonly isAsItWas: boolean | undefined;
}

export type UndoDecision =
  /** Nothing of what failed is left. */
  | { readonly kind: "nothing" }
  /** The downs of these files' migrations, in this order. */
  | { readonly kind: "undo"; readonly files: readonly string[] }
  /** A person must: why it is not undone by itself. */
  | { readonly kind: "person"; readonly because: readonly string[] };

/**
 * What is undone by itself after a run that failed. What a transaction has undone needs no more, and what ran before it
 * stays: it stands on its own. What is left of a statement outside of transactions goes by its down, and everything that
 * ran goes when the checks find new defects: all of it or none, the newest first. A down runs by itself only where its
 * rehearsal has proven that it brings schema and rows back, and never that of a contract. After a down nothing does.
 */
export function decideUndo({ direction, because, ran, failed, isAsItWas }: FailedRun): UndoDecision {
  if (direction === "down") {
    return because === "checks" || isAsItWas === false ? person(NO_UP) : { kind: "nothing" };
  }
  if (because === "checks") return undo(ran);
  if (failed === undefined || isAsItWas === true) return { kind: "nothing" };
  // A transaction undoes itself: without a description to compare with, that is what is known.
  if (failed.inTransaction) return isAsItWas === undefined ? { kind: "nothing" } : person(OTHERS);
  return isAsItWas === undefined ? person(UNKNOWN) : undo([failed]);
}

const OTHERS = "its own transaction was undone, so somebody else changed the schema meanwhile";
const NO_UP = "a down has run, and no up runs by itself";
const UNKNOWN = "the schema could not be compared with what it was";

function undo(those: readonly WayBack[]): UndoDecision {
  const reasons = those.flatMap((one) => reasonAgainst(one) ?? []);
  if (reasons.length > 0) return person(...reasons);
  return { kind: "undo", files: those.map(({ file }) => file).toReversed() };
}

function reasonAgainst({ file, phase, irreversible, rehearsed }: WayBack): string | undefined {
  if (irreversible) return `${file} has no down`;
  if (phase === "contract")
    return `${file} is a contract, whose down cannot bring back what the app has lost`;
  if (!rehearsed) return `the down of ${file} has no rehearsal that passed for these texts on this server`;
  return undefined;
}

function person(...because: readonly string[]): UndoDecision {
  return { kind: "person", because };
}

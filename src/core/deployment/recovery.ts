import type { KnownGood } from "./types.ts";

export type Recovery =
  /** The service runs what it ran: nothing to undo. */
  | { readonly kind: "nothing-moved" }
  | { readonly kind: "roll-back"; readonly to: KnownGood }
  /** A first deployment failed: there is nothing to go back to, so what is broken is stopped. */
  | { readonly kind: "stop" }
  /** It was interrupted where there is no way back: the next run goes on with it. */
  | { readonly kind: "leave" }
  /** Contract migrations have been applied that the release before cannot live with: a person has to mend it forward. */
  | { readonly kind: "blocked"; readonly to: KnownGood; readonly files: readonly string[] };

/** What follows a failure or an interruption. */
export function chooseRecovery(situation: {
  readonly moved: boolean;
  /** It may have changed something outside, if only the database. */
  readonly mutated: boolean;
  readonly because: "failed" | "interrupted";
  readonly lastKnownGood: KnownGood | undefined;
  /** Contract migrations that are applied and that the last known good release does not know. */
  readonly crossed: readonly string[];
}): Recovery {
  const { moved, mutated, because, lastKnownGood, crossed } = situation;
  if (lastKnownGood !== undefined && crossed.length > 0 && (moved || mutated)) {
    return because === "interrupted"
      ? { kind: "leave" }
      : { kind: "blocked", to: lastKnownGood, files: crossed };
  }
  if (!moved) return { kind: "nothing-moved" };
  if (lastKnownGood !== undefined) return { kind: "roll-back", to: lastKnownGood };
  return because === "failed" ? { kind: "stop" } : { kind: "leave" };
}

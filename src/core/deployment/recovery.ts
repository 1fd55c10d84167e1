import type { KnownGood } from "./types.ts";

export type Recovery =
  /** The service runs what it ran: nothing to undo. */
  | { readonly kind: "nothing-moved" }
  | { readonly kind: "roll-back"; readonly to: KnownGood }
  /** A first deployment failed: there is nothing to go back to, so what is broken is stopped. */
  | { readonly kind: "stop" }
  /** A first deployment was interrupted: the next run goes on with it. */
  | { readonly kind: "leave" };

/** What follows a failure or an interruption. */
export function chooseRecovery(situation: {
  readonly moved: boolean;
  readonly because: "failed" | "interrupted";
  readonly lastKnownGood: KnownGood | undefined;
}): Recovery {
  if (!situation.moved) return { kind: "nothing-moved" };
  if (situation.lastKnownGood !== undefined) return { kind: "roll-back", to: situation.lastKnownGood };
  return situation.because === "failed" ? { kind: "stop" } : { kind: "leave" };
}

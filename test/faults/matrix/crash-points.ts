import type { Run } from "../lab/run.ts";
import type { Hit } from "../process/order.ts";

/** A place in a run where it can be hit, as `Hit` names it. */
export type CrashPoint = Pick<Hit, "call" | "when">;

/** A call that is made over and over while something is waited for is hit the first two times. */
const POLLED = 2;

/** Every place in a clean run, in order: before and after each call of a port. */
export function crashPoints(clean: Run): CrashPoint[] {
  const calls = clean.trace.filter(({ when }) => when === "before").map(({ call }) => call);
  return [...new Set(calls)]
    .filter((call) => Number(call.split("#")[1]) <= POLLED)
    .flatMap((call) => [
      { call, when: "before" as const },
      { call, when: "after" as const },
    ]);
}

/**
 * The three places of each step that decide: its intent is recorded and nothing is done (a), it is done and nothing of
 * that is recorded (b), its outcome is recorded (c).
 */
export function isDecisive({ call, when }: CrashPoint): boolean {
  return (
    (call.includes("/record-") && call.includes("-intent#") && when === "after") || call.includes("-outcome#")
  );
}

/** The second of them: done, and not recorded. */
export function isUnrecorded({ call, when }: CrashPoint): boolean {
  return call.includes("-outcome#") && when === "before";
}

import type { Run } from "../lab/run.ts";
import type { Hit } from "../process/order.ts";

/** A place in a run where it can be hit, as `Hit` names it. */
export type CrashPoint = Pick<Hit, "call" | "when">;

/** A call that is made over and over while something is waited for is hit the first two times. */
const POLLED = 2;

/** The heartbeat beats when it is due, not when a step comes to it. */
const BY_THE_CLOCK = "/leases.renew#";

/**
 * Every place in a clean run, in order: before and after each call of a port. Of two places with nothing between them,
 * as after a call and before the next one, one is left out.
 */
export function crashPoints(clean: Run): CrashPoint[] {
  // What is answered at once, without waiting for anything outside, has a beginning and no end.
  const waited = new Set(clean.trace.filter(({ when }) => when === "after").map(({ call }) => call));
  const lines = clean.trace.filter(
    ({ call }) => waited.has(call) && !call.includes(BY_THE_CLOCK) && Number(call.split("#")[1]) <= POLLED,
  );
  return lines
    .map(({ call, when }) => ({ call, when }))
    .filter((point, index) => {
      const isSame = point.when === "before" && lines[index - 1]?.when === "after";
      return !isSame || isDecisive(point);
    });
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

/** How often it comes by depends on how fast the machine is at that moment. */
export function isPolled({ call }: Pick<CrashPoint, "call">): boolean {
  return Number(call.split("#")[1]) >= POLLED;
}

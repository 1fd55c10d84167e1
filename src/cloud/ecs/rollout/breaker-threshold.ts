import type { BreakerRules } from "./types.ts";

/** How many failed tasks open the circuit breaker: half of the desired ones, at least 3 and at most 200, unless set. */
export function breakerThreshold(rules: BreakerRules, desired: number): number {
  const { type, value } = rules.threshold;
  if (type === "COUNT") return value;
  const share = Math.ceil((value / 100) * desired);
  return type === "UNBOUNDED_PERCENT" ? Math.max(share, 1) : Math.min(Math.max(share, 3), 200);
}

import type { RateLimitPolicy } from "../config/policy-types.ts";
import type { Instant } from "../time.ts";
import type { GateDecision, Mutation } from "./types.ts";
import { waitUntil } from "./wait-until.ts";
import { utcText } from "./window-time.ts";

const HOUR = 3_600_000;

/**
 * Whether a further deployment may change the environment now. One that changed nothing does not count, nor does this
 * deployment itself when it is resumed. One in the future counts: the clock went back, and nobody knows how far.
 */
export function decideRateLimit(
  policy: RateLimitPolicy | undefined,
  mutations: readonly Mutation[],
  now: Instant,
  deploymentId: string | undefined,
): GateDecision {
  if (policy === undefined) return { gate: "rate-limit", reasons: [], rule: "no rule" };

  const rule = `${policy.deployments} in ${policy.hours} h`;
  const counting = mutations
    .filter((mutation) => mutation.deploymentId !== deploymentId && now < mutation.at + policy.hours * HOUR)
    .toSorted((a, b) => a.at - b.at);
  // It opens when so many have left the span that one place is free: at the end of this one's.
  const blocking = counting[counting.length - policy.deployments];
  if (blocking === undefined) return { gate: "rate-limit", reasons: [], rule };

  const opensAt = blocking.at + policy.hours * HOUR;
  const used = counting.map(({ deploymentId: id, at }) => `${id} at ${utcText(at)}`).join(", ");
  const says = `${counting.length} of ${policy.deployments} in ${policy.hours} h: ${used}`;
  return {
    gate: "rate-limit",
    reasons: [{ says, opensAt, action: waitUntil(opensAt, undefined) }],
    rule,
  };
}

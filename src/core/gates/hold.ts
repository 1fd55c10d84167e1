import type { Hold } from "../acts/types.ts";
import type { GateDecision } from "./types.ts";
import { utcText } from "./window-time.ts";

/** Whether somebody has stopped the line of the environment. Only a person lets it go on. */
export function decideHold(holds: readonly Hold[], env: string): GateDecision {
  const reasons = holds.map(({ id, by, at, reason }) => ({
    says: `${by} has held ${env} since ${utcText(at)}: ${reason} (${id})`,
    opensAt: undefined,
    action: `once that is over: slipway release-hold --env=${env} --hold=${id} --reason="…"`,
  }));
  return { gate: "hold", reasons, rule: "no hold" };
}

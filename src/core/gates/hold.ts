import type { Hold } from "../acts/types.ts";
import type { GateDecision } from "./types.ts";
import { utcText } from "./window-time.ts";

/** Whether somebody has stopped the line of the environment. Only a person lets it go on. */
export function decideHold(holds: readonly Hold[], env: string): GateDecision {
  const reasons = holds.map(({ id, by, at, reason }) => ({
    says: `${by} has held ${env} since ${utcText(at)}: ${reason} (${id})`,
    opensAt: undefined,
    action: `slipway release-hold --env=${env}, once what it was held for is over`,
  }));
  return { gate: "hold", reasons, rule: "no hold" };
}

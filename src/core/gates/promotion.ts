import type { PromotionPolicy } from "../config/policy-types.ts";
import type { KnownGood } from "../deployment/types.ts";
import type { Release } from "../release/types.ts";
import type { Instant } from "../time.ts";
import { releaseDifferences } from "./release-differences.ts";
import type { GateDecision } from "./types.ts";
import { utcText } from "./window-time.ts";

const HOUR = 3_600_000;

/**
 * Whether this very release was deployed to the earlier environment and passed its smoke test there, not too long ago.
 * A rollback to it proves nothing new, so only a deployment counts; a rollback away from it takes the proof back.
 *
 * @param earlier the commits of the earlier environment, newest first
 */
export function decidePromotion(
  policy: PromotionPolicy | undefined,
  release: Release,
  earlier: readonly KnownGood[],
  now: Instant,
): GateDecision {
  if (policy === undefined) return { gate: "promotion", reasons: [], rule: "no rule" };

  const fault = passFault(policy, release, earlier, now);
  return {
    gate: "promotion",
    reasons:
      fault === undefined
        ? []
        : [{ says: fault, opensAt: undefined, action: `deploy ${release.id} to ${policy.from} first` }],
    rule: `passed ${policy.from} within ${policy.withinHours} h`,
  };
}

function passFault(
  { from, withinHours }: PromotionPolicy,
  release: Release,
  earlier: readonly KnownGood[],
  now: Instant,
): string | undefined {
  const same = (commit: KnownGood | undefined) =>
    commit !== undefined && releaseDifferences(release, commit.release).length === 0;
  const index = earlier.findIndex((commit) => commit.purpose === "deploy" && same(commit));
  const pass = earlier[index];
  if (pass === undefined) return `${from} has not had ${release.id}${near(release, earlier)}`;

  const away = earlier
    .slice(0, index)
    .find((commit, newer) => commit.purpose === "rollback" && !same(commit) && same(earlier[newer + 1]));
  if (away !== undefined)
    return `${from} was rolled back from ${release.id} (${away.deploymentId}, ${away.at})`;

  const at = Date.parse(pass.at);
  // A time that cannot be read is no proof; neither is one to come, for then the clock went back.
  if (!(at <= now)) return `it passed ${from} at ${pass.at}, which is still to come at ${utcText(now)}`;
  if (now - at <= withinHours * HOUR) return undefined;
  return `it passed ${from} at ${utcText(at)}, more than ${withinHours} h ago`;
}

/** Whether something that bears the same name was there, and what about it differs. */
function near(release: Release, earlier: readonly KnownGood[]): string {
  const namesake = earlier.find((commit) => commit.release.id === release.id);
  if (namesake === undefined) return "";

  const differences = releaseDifferences(release, namesake.release);
  return differences.length === 0
    ? ": it was only rolled back to"
    : ` as it is now: it differs in ${differences.join(", ")}`;
}

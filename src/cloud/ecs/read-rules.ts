import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { BreakerRules, RolloutRules } from "./rollout/types.ts";

const NO_BREAKER: BreakerRules = {
  enable: false,
  rollback: false,
  resetOnHealthyTask: true,
  threshold: { type: "BOUNDED_PERCENT", value: 50 },
};

export const DEFAULT_RULES = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  breaker: NO_BREAKER,
} as const;

/** What a deploymentConfiguration and a desiredCount say, over what was before. Throws InvalidParameterException. */
export function readRules(
  input: Input,
  before: Pick<RolloutRules, "minimumHealthyPercent" | "maximumPercent" | "breaker">,
): Partial<RolloutRules> {
  const desired = input.optionalWhole("desiredCount");
  if (desired !== undefined && desired < 0) throw input.invalid("desiredCount cannot be less than 0.");
  const counted = desired === undefined ? {} : { desired };
  const written = input.optionalInput("deploymentConfiguration");
  if (written === undefined) return counted;

  const strategy = written.optionalText("strategy") ?? "ROLLING";
  if (strategy !== "ROLLING") {
    throw new AwsError(
      "UnsupportedFeatureException",
      `The local cloud deploys with the strategy ROLLING only, got ${strategy}.`,
    );
  }
  const minimumHealthyPercent =
    written.optionalWhole("minimumHealthyPercent") ?? before.minimumHealthyPercent;
  const maximumPercent = written.optionalWhole("maximumPercent") ?? before.maximumPercent;
  if (minimumHealthyPercent < 0 || maximumPercent < 1 || minimumHealthyPercent > maximumPercent) {
    throw input.invalid("minimumHealthyPercent must be at least 0 and not more than maximumPercent.");
  }
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    throw input.invalid(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    );
  }
  return { ...counted, minimumHealthyPercent, maximumPercent, breaker: readBreaker(written, before.breaker) };
}

function readBreaker(written: Input, before: BreakerRules): BreakerRules {
  const breaker = written.optionalInput("deploymentCircuitBreaker");
  if (breaker === undefined) return before;
  const threshold = breaker.optionalInput("thresholdConfiguration");
  const enable = breaker.flag("enable", false);
  const rollback = breaker.flag("rollback", false);
  if (rollback && !enable)
    throw written.invalid("Deployment circuit breaker rollback cannot be on while it is disabled.");
  const types = ["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"] as const;
  return {
    enable,
    rollback,
    resetOnHealthyTask: breaker.flag("resetOnHealthyTask", true),
    threshold: {
      type: threshold?.word("type", types, "BOUNDED_PERCENT") ?? "BOUNDED_PERCENT",
      value: threshold?.optionalWhole("value") ?? 50,
    },
  };
}

import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { HealthCheckSettings } from "./types.ts";

/** How a target group's targets are checked, with AWS's defaults and bounds. Throws ValidationError. */
export function readHealthCheck(input: Input): HealthCheckSettings {
  const health = {
    path: input.optionalText("HealthCheckPath") ?? "/",
    intervalSeconds: bounded(input, "HealthCheckIntervalSeconds", 30, 5, 300),
    timeoutSeconds: bounded(input, "HealthCheckTimeoutSeconds", 5, 2, 120),
    healthyThreshold: bounded(input, "HealthyThresholdCount", 5, 2, 10),
    unhealthyThreshold: bounded(input, "UnhealthyThresholdCount", 2, 2, 10),
    matcher: input.optionalInput("Matcher")?.optionalText("HttpCode") ?? "200",
  };
  if (!health.path.startsWith("/"))
    throw new AwsError("ValidationError", `Health check path '${health.path}' must begin with '/'`);
  if (!/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(health.matcher)) {
    throw new AwsError("ValidationError", `'${health.matcher}' is not a valid HTTP code matcher`);
  }
  return health;
}

function bounded(input: Input, name: string, otherwise: number, least: number, most: number): number {
  const value = input.optionalWhole(name) ?? otherwise;
  if (value >= least && value <= most) return value;
  throw new AwsError("ValidationError", `${name} must be between ${least} and ${most}, got ${value}`);
}

import { AwsError } from "../wire/aws-error.ts";
import type { Balancing } from "./balancing.ts";
import type { TargetPool } from "./target-pool.ts";

/** A target group with its targets. Throws TargetGroupNotFound. */
export function findTargetPool(balancing: Balancing, arn: string): TargetPool {
  const found = balancing.pool(arn);
  if (found !== undefined) return found;
  throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
}

import { AwsError } from "../wire/aws-error.ts";
import type { Balancing } from "./balancing.ts";
import type { StoredBalancer } from "./types.ts";

/** A load balancer by its ARN. Throws LoadBalancerNotFound. */
export function findBalancer(balancing: Balancing, arn: string): StoredBalancer {
  const found = balancing.state.balancers[arn];
  if (found !== undefined) return found;
  throw new AwsError("LoadBalancerNotFound", `Load balancer '${arn}' not found`);
}

import type { AwsService } from "../wire/aws-call.ts";
import type { Balancing } from "./balancing.ts";
import { balancerOperations } from "./balancer-operations.ts";
import { listenerOperations } from "./listener-operations.ts";
import { targetGroupOperations } from "./target-group-operations.ts";
import { targetOperations } from "./target-operations.ts";

/** Elastic Load Balancing v2, for application load balancers. */
export function elbv2Service(balancing: Balancing): AwsService {
  return {
    protocol: "query",
    name: "elasticloadbalancing",
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    invalidInput: "ValidationError",
    operations: {
      ...balancerOperations(balancing),
      ...listenerOperations(balancing),
      ...targetGroupOperations(balancing),
      ...targetOperations(balancing),
    },
  };
}

import type { Balancing } from "../elbv2/balancing.ts";
import type { AwsService } from "../wire/aws-call.ts";
import { clusterOperations } from "./cluster-operations.ts";
import { deploymentOperations } from "./deployment-operations.ts";
import type { EcsRuntime } from "./ecs-runtime.ts";
import { serviceOperations } from "./service-operations.ts";
import { taskDefinitionOperations } from "./task-definition-operations.ts";
import { taskOperations } from "./task-operations.ts";

/** Elastic Container Service, with Fargate's ways. */
export function ecsService(runtime: EcsRuntime, balancing: Balancing): AwsService {
  const { store, scheduler } = runtime.cloud;
  return {
    protocol: "json",
    name: "AmazonEC2ContainerServiceV20141113",
    invalidInput: "InvalidParameterException",
    operations: {
      ...clusterOperations(store, scheduler),
      ...taskDefinitionOperations(store, scheduler),
      ...serviceOperations(runtime, balancing),
      ...deploymentOperations(runtime),
      ...taskOperations(runtime),
    },
  };
}

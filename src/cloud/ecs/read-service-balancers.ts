import type { Balancing } from "../elbv2/balancing.ts";
import type { Input } from "../wire/input.ts";
import type { ServiceBalancer, StoredTaskDefinition } from "./types.ts";

/**
 * The target groups a service's tasks are registered in. Throws InvalidParameterException unless each names a
 * container and port of the task definition, and a target group that a load balancer forwards to.
 */
export function readServiceBalancers(
  input: Input,
  definition: StoredTaskDefinition,
  balancing: Balancing,
): ServiceBalancer[] {
  return input.inputs("loadBalancers").map((one) => {
    const balancer = {
      targetGroupArn: one.text("targetGroupArn"),
      containerName: one.text("containerName"),
      containerPort: one.whole("containerPort"),
    };
    checkContainer(input, definition, balancer);
    checkTargetGroup(input, balancing, balancer.targetGroupArn);
    return balancer;
  });
}

function checkContainer(
  input: Input,
  definition: StoredTaskDefinition,
  { containerName, containerPort }: ServiceBalancer,
): void {
  const container = definition.containers.find(({ name }) => name === containerName);
  if (container === undefined) {
    throw input.invalid(`The container ${containerName} does not exist in the task definition.`);
  }
  if (!container.portMappings.some((mapping) => mapping.containerPort === containerPort)) {
    throw input.invalid(
      `The container ${containerName} did not have a container port ${containerPort} defined.`,
    );
  }
}

function checkTargetGroup(input: Input, balancing: Balancing, arn: string): void {
  if (balancing.pool(arn) === undefined) throw input.invalid(`The target group ${arn} does not exist.`);
  if (balancing.balancersOf(arn).length === 0) {
    throw input.invalid(
      `The target group with targetGroupArn ${arn} does not have an associated load balancer.`,
    );
  }
}

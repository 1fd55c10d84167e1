import type { CreateServiceCommandInput, UpdateServiceCommandInput } from "@aws-sdk/client-ecs";
import type { ServiceSpec } from "../../core/deployment/service.ts";

// Old tasks serve until new ones are healthy, and the platform gives up by itself on tasks that do not start.
const ROLLING = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

/**
 * The call that moves an existing service: one, because two calls are two deployments. A service that is at the revision
 * already has to be forced, or ECS changes its count without a deployment that could be waited for.
 */
export function updateInput(
  service: ServiceSpec,
  revision: string,
  desired: number,
  { force }: { readonly force: boolean },
): UpdateServiceCommandInput {
  return {
    cluster: service.cluster,
    service: service.service,
    taskDefinition: revision,
    desiredCount: desired,
    deploymentConfiguration: ROLLING,
    forceNewDeployment: force,
  };
}

/** The call that makes a service behind its target group. */
export function createInput(
  service: ServiceSpec,
  revision: string,
  desired: number,
  targetGroupArn: string,
): CreateServiceCommandInput {
  const { tasks } = service;
  return {
    cluster: service.cluster,
    serviceName: service.service,
    taskDefinition: revision,
    desiredCount: desired,
    launchType: "FARGATE",
    deploymentConfiguration: ROLLING,
    loadBalancers: [{ targetGroupArn, containerName: service.container, containerPort: service.port }],
    ...(tasks === undefined
      ? {}
      : {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...tasks.subnets],
              securityGroups: [...tasks.securityGroups],
              assignPublicIp: tasks.publicAddress ? "ENABLED" : "DISABLED",
            },
          },
        }),
  };
}

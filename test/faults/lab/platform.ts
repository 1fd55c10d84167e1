import {
  CreateClusterCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import type { PracticeCloud } from "../../cloud/practice-cloud.ts";

/** A cell's place in the cloud. */
export interface CellPlatform {
  readonly cluster: string;
  readonly service: string;
  readonly balancer: string;
}

export async function openEnvironment(
  env: string,
  { clients: { ecs, elb, secrets } }: PracticeCloud,
  databaseUrl: string,
): Promise<CellPlatform> {
  const cluster = `diary-${env}`;
  const name = `${cluster}-api`;
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  for (const secret of [`diary/${env}/database-url`, `diary/${env}/migrate-url`])
    await secrets.send(new CreateSecretCommand({ Name: secret, SecretString: databaseUrl }));
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: name }));
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Port: 8080,
      Protocol: "HTTP",
      TargetType: "ip",
      HealthCheckPath: "/healthz",
      HealthCheckIntervalSeconds: 5,
      HealthyThresholdCount: 2,
    }),
  );
  const group = TargetGroups?.[0]?.TargetGroupArn;
  // The worst case of a rollback has to fit into the product's limit.
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "20" }],
    }),
  );
  const balancer = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
    }),
  );
  return { cluster, service: name, balancer };
}

export async function closeEnvironment(
  { cluster, service, balancer }: CellPlatform,
  { clients: { ecs, elb } }: PracticeCloud,
): Promise<void> {
  await ecs.send(new DeleteServiceCommand({ cluster, service, force: true })).catch(() => undefined);
  await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer })).catch(() => undefined);
}

/** What runs in an environment, asked of the cloud itself and not through the product's adapters. */
export interface ObservedPlatform {
  readonly revision: string | undefined;
  /** Image of that revision. */
  readonly image: string | undefined;
  readonly desired: number;
  /** Images of the tasks that run, each one. */
  readonly taskImages: readonly string[];
  /** Rollouts that have not ended. */
  readonly underWay: number;
}

export async function observePlatform(
  { cluster, service }: CellPlatform,
  { clients: { ecs } }: PracticeCloud,
): Promise<ObservedPlatform> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services?.find(({ status }) => status === "ACTIVE");
  if (found === undefined)
    return { revision: undefined, image: undefined, desired: 0, taskImages: [], underWay: 0 };

  // What leads now; after the platform's own rollback the service still names what was asked for.
  const revision = found.deployments?.find(({ status }) => status === "PRIMARY")?.taskDefinition ?? "";
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision }));
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }));
  const { tasks = [] } =
    taskArns.length === 0 ? {} : await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return {
    revision,
    image: taskDefinition?.containerDefinitions?.[0]?.image,
    desired: found.desiredCount ?? 0,
    taskImages: tasks
      .filter(({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING")
      .map(({ containers }) => containers?.[0]?.image ?? ""),
    underWay: (found.deployments ?? []).filter(({ rolloutState }) => rolloutState === "IN_PROGRESS").length,
  };
}

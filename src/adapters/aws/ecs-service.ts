import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import type { Service } from "@aws-sdk/client-ecs";
import { setTimeout } from "node:timers/promises";
import type { ServiceName, ServiceSpec } from "../../core/deployment/service.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { ContainerService } from "../../ports/container-service.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { loadBalancers } from "./load-balancer.ts";
import { OPEN_STATES } from "./rollout-progress.ts";
import { rolloutSettings } from "./rollout-settings.ts";
import { ServiceDeployments } from "./service-deployments.ts";
import { createInput, updateInput } from "./service-input.ts";
import { toStoppedTask } from "./stopped-task.ts";
import { ask } from "./translate-error.ts";

// ECS makes the service deployment a moment after it has answered the call that asked for it.
const DISCOVERY_TRIES = 40;
const DISCOVERY_PAUSE_MS = 500;

/** Services of ECS. A rollout's id is the ARN of its service deployment. */
export function ecsService(access: CloudAccess): ContainerService {
  const client = new ECSClient(clientSettings(access));
  const deployments = new ServiceDeployments(client);
  const balancers = loadBalancers(access);

  async function describe({ cluster, service }: ServiceName): Promise<Service | undefined> {
    const answer = await ask("ecs", "DescribeServices", () =>
      client.send(new DescribeServicesCommand({ cluster, services: [service] })),
    );
    const found = answer.services?.[0];
    return found?.status === "INACTIVE" ? undefined : found;
  }

  async function create(service: ServiceSpec, revision: string, desired: number): Promise<void> {
    const targetGroup = await balancers.targetGroup(service.targetGroup);
    await ask("ecs", "CreateService", () =>
      client.send(new CreateServiceCommand(createInput(service, revision, desired, targetGroup))),
    );
  }

  /** The deployment that our call made: one that was not there before, on its way to our revision. */
  async function ours(name: ServiceName, revision: string, before: ReadonlySet<string>): Promise<string> {
    for (let attempt = 1; attempt <= DISCOVERY_TRIES; attempt++) {
      const candidates = await deployments.list(name);
      for (const { serviceDeploymentArn: arn, targetServiceRevisionArn } of candidates) {
        if (arn === undefined || before.has(arn)) continue;
        if ((await deployments.taskDefinition(targetServiceRevisionArn)) === revision) return arn;
      }
      await setTimeout(DISCOVERY_PAUSE_MS);
    }
    throw new SlipwayError(
      {
        code: "ROLLOUT_UNKNOWN",
        at: `${name.cluster}/${name.service}`,
        says: `ECS made no service deployment to ${revision}`,
        hint: "look at the service's deployments, then run the same command again",
      },
      "outcomeUnknown",
    );
  }

  return {
    async observe(name) {
      const service = await describe(name);
      const revision = service && revisionOf(service);
      if (service === undefined || revision === undefined) return undefined;
      const [definition, open] = await Promise.all([
        ask("ecs", "DescribeTaskDefinition", () =>
          client.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision })),
        ),
        deployments.list(name, OPEN_STATES),
      ]);
      return {
        revision,
        image: definition.taskDefinition?.containerDefinitions?.[0]?.image ?? "",
        desired: service.desiredCount ?? 0,
        running: service.runningCount ?? 0,
        underWay: open[0]?.serviceDeploymentArn,
      };
    },

    async settings(spec) {
      const service = await describe(spec);
      const revision = service && revisionOf(service);
      if (service === undefined || revision === undefined) return undefined;
      const [definition, timing] = await Promise.all([
        ask("ecs", "DescribeTaskDefinition", () =>
          client.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision })),
        ),
        balancers.timing(spec.targetGroup),
      ]);
      return rolloutSettings(service, definition.taskDefinition, timing);
    },

    async shift(service, revision, desired) {
      const existing = await describe(service);
      const before = existing === undefined ? [] : await deployments.list(service);
      if (existing !== undefined) {
        await ask("ecs", "UpdateService", () =>
          client.send(
            new UpdateServiceCommand(
              updateInput(service, revision, desired, { force: isAt(existing, revision) }),
            ),
          ),
        );
      } else await create(service, revision, desired);
      return ours(
        service,
        revision,
        new Set(before.map(({ serviceDeploymentArn }) => serviceDeploymentArn ?? "")),
      );
    },

    progress: (_name, rollout) => deployments.progress(rollout),

    async stop({ cluster, service }) {
      await ask("ecs", "UpdateService", () =>
        client.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 })),
      );
    },

    async stoppedTasks({ cluster, service }) {
      const listed = await ask("ecs", "ListTasks", () =>
        client.send(new ListTasksCommand({ cluster, serviceName: service, desiredStatus: "STOPPED" })),
      );
      const tasks = listed.taskArns ?? [];
      if (tasks.length === 0) return [];
      const described = await ask("ecs", "DescribeTasks", () =>
        client.send(new DescribeTasksCommand({ cluster, tasks })),
      );
      return (described.tasks ?? []).map(toStoppedTask);
    },

    url: (service) => balancers.url(service.targetGroup),
  };
}

function isAt(service: Service, revision: string): boolean {
  return service.taskDefinition === revision || revisionOf(service) === revision;
}

// After a rollback of the platform's own the service may still name the revision that failed; its primary deployment
// says what it went back to.
function revisionOf({ deployments, taskDefinition }: Service): string | undefined {
  return deployments?.find(({ status }) => status === "PRIMARY")?.taskDefinition ?? taskDefinition;
}

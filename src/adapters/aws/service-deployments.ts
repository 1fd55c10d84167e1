import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
} from "@aws-sdk/client-ecs";
import type { ECSClient, ServiceDeploymentBrief, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { RolloutProgress, ServiceName } from "../../core/deployment/service.ts";
import { toProgress } from "./rollout-progress.ts";
import { ask } from "./translate-error.ts";

/** Reads the service deployments of ECS: the only objects that tell one rollout from another. */
export class ServiceDeployments {
  readonly #client: ECSClient;
  /** A service revision never changes, so its task definition is asked for once. */
  readonly #revisions = new Map<string, string>();

  constructor(client: ECSClient) {
    this.#client = client;
  }

  /** The service's deployments, newest first. */
  async list(
    { cluster, service }: ServiceName,
    status?: ServiceDeploymentStatus[],
  ): Promise<readonly ServiceDeploymentBrief[]> {
    const answer = await ask("ecs", "ListServiceDeployments", () =>
      this.#client.send(
        new ListServiceDeploymentsCommand({ cluster, service, ...(status === undefined ? {} : { status }) }),
      ),
    );
    return [...(answer.serviceDeployments ?? [])].sort((a, b) => time(b) - time(a));
  }

  async progress(arn: string): Promise<RolloutProgress> {
    const answer = await ask("ecs", "DescribeServiceDeployments", () =>
      this.#client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })),
    );
    const deployment = answer.serviceDeployments?.[0];
    // ECS answers reads before all of its parts know of a write.
    if (deployment === undefined) {
      return { state: "pending", revision: "", reason: "", desired: 0, running: 0, pending: 0, failed: 0 };
    }
    return toProgress(deployment, await this.taskDefinition(deployment.targetServiceRevision?.arn));
  }

  /** The task definition that a service revision runs; empty when ECS does not say. */
  async taskDefinition(serviceRevision: string | undefined): Promise<string> {
    if (serviceRevision === undefined) return "";
    const known = this.#revisions.get(serviceRevision);
    if (known !== undefined) return known;

    const answer = await ask("ecs", "DescribeServiceRevisions", () =>
      this.#client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [serviceRevision] })),
    );
    const taskDefinition = answer.serviceRevisions?.[0]?.taskDefinition ?? "";
    if (taskDefinition !== "") this.#revisions.set(serviceRevision, taskDefinition);
    return taskDefinition;
  }
}

function time({ createdAt }: ServiceDeploymentBrief): number {
  return createdAt?.getTime() ?? 0;
}

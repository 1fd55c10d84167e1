import { join } from "node:path";
import { arn, type Account } from "../account.ts";
import { KeptState } from "../kept-state.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { StoredCluster, StoredService, StoredTask, StoredTaskDefinition } from "./types.ts";

interface EcsState {
  readonly clusters: Record<string, StoredCluster>;
  /** By `family:revision`. */
  readonly taskDefinitions: Record<string, StoredTaskDefinition>;
  /** Family → highest revision ever given. A number is never used twice. */
  readonly revisions: Record<string, number>;
  /** By `cluster/service`. */
  readonly services: Record<string, StoredService>;
  /** By id, in the order of creation. */
  readonly tasks: Record<string, StoredTask>;
}

/** AWS shows a stopped task for about an hour; here the newest hundred are shown. */
const STOPPED_TASKS_KEPT = 100;

/** Everything that ECS keeps, found by name or ARN with AWS's errors. */
export class EcsStore {
  readonly state: EcsState;
  readonly account: Account;
  readonly #kept: KeptState<EcsState>;

  constructor(folder: string | undefined, account: Account) {
    const path = folder === undefined ? undefined : join(folder, "ecs.json");
    const empty = { clusters: {}, taskDefinitions: {}, revisions: {}, services: {}, tasks: {} };
    this.#kept = new KeptState<EcsState>(path, empty);
    this.state = this.#kept.value;
    this.account = account;
  }

  save(): void {
    this.#kept.save();
  }

  arn(resource: string): string {
    return arn(this.account, "ecs", resource);
  }

  /** By name or ARN, `default` when nothing is said. Throws ClusterNotFoundException. */
  cluster(nameOrArn: string | undefined): StoredCluster {
    const name = lastPart(nameOrArn ?? "default");
    const found = this.state.clusters[name];
    if (found?.status === "ACTIVE") return found;
    throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  }

  service(cluster: StoredCluster, nameOrArn: string): StoredService | undefined {
    return this.state.services[`${cluster.name}/${lastPart(nameOrArn)}`];
  }

  /** Throws ServiceNotFoundException, or ServiceNotActiveException for one that was deleted. */
  activeService(cluster: StoredCluster, nameOrArn: string): StoredService {
    const found = this.service(cluster, nameOrArn);
    if (found === undefined) throw new AwsError("ServiceNotFoundException", "Service not found.");
    if (found.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    return found;
  }

  /** `family`, `family:revision` or an ARN; a family alone means its newest active revision. */
  taskDefinition(reference: string): StoredTaskDefinition | undefined {
    const name = reference.startsWith("arn:") ? lastPart(reference) : reference;
    if (name.includes(":")) return this.state.taskDefinitions[name];
    const active = Object.values(this.state.taskDefinitions).filter(
      (one) => one.family === name && one.status === "ACTIVE",
    );
    return active.toSorted((a, b) => b.revision - a.revision)[0];
  }

  /** As `taskDefinition`, for what is to be started from it. Throws ClientException when it is missing or inactive. */
  activeTaskDefinition(reference: string): StoredTaskDefinition {
    const found = this.taskDefinition(reference);
    if (found === undefined) throw new AwsError("ClientException", "TaskDefinition not found.");
    if (found.status !== "ACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
    return found;
  }

  task(nameOrArn: string): StoredTask | undefined {
    return this.state.tasks[lastPart(nameOrArn)];
  }

  tasksOf(service: StoredService): StoredTask[] {
    return Object.values(this.state.tasks).filter(
      (task) => task.cluster === service.cluster && task.service === service.name,
    );
  }

  /** Forgets the tasks that stopped longest ago and answers their ids. */
  forgetOldTasks(): string[] {
    const stopped = Object.values(this.state.tasks).filter((task) => task.lastStatus === "STOPPED");
    const old = stopped
      .toSorted((a, b) => (b.stoppedAt ?? 0) - (a.stoppedAt ?? 0))
      .slice(STOPPED_TASKS_KEPT)
      .map((task) => task.id);
    for (const id of old) delete this.state.tasks[id];
    return old;
  }
}

/** What stands after the last slash, which is the name in every ARN of ECS. */
export function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

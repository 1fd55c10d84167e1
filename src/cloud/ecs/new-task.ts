import type { EcsStore } from "./ecs-store.ts";
import type { ContainerOverride, StoredTask, StoredTaskDefinition } from "./types.ts";

export interface TaskWish {
  readonly id: string;
  readonly cluster: string;
  readonly definition: StoredTaskDefinition;
  readonly group: string;
  readonly service: string | undefined;
  readonly startedBy: string | undefined;
  readonly overrides: readonly ContainerOverride[];
  readonly clientToken?: StoredTask["clientToken"];
  readonly now: number;
}

/** A task that is still to be started, put into the store. */
export function newTask(store: EcsStore, wish: TaskWish): StoredTask {
  const task: StoredTask = {
    id: wish.id,
    arn: store.arn(`task/${wish.cluster}/${wish.id}`),
    cluster: wish.cluster,
    taskDefinition: wish.definition.arn,
    group: wish.group,
    service: wish.service,
    startedBy: wish.startedBy,
    overrides: wish.overrides,
    clientToken: wish.clientToken,
    createdAt: wish.now,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    address: undefined,
    healthy: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    stoppedAt: undefined,
    stoppedReason: undefined,
    stopCode: undefined,
    containers: wish.definition.containers.map(({ name, image }) => ({
      name,
      image,
      imageDigest: undefined,
      runtimeId: undefined,
      lastStatus: "PENDING",
      exitCode: undefined,
      reason: undefined,
    })),
  };
  store.state.tasks[task.id] = task;
  return task;
}

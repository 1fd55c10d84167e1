import type { EcsStore } from "./ecs-store.ts";
import { inSeconds } from "./in-seconds.ts";
import type { StoredTask } from "./types.ts";

/** A task in AWS's shape. */
export function describeTask(task: StoredTask, store: EcsStore): unknown {
  const definition = store.taskDefinition(task.taskDefinition);
  const health = task.healthy === undefined ? "UNKNOWN" : task.healthy ? "HEALTHY" : "UNHEALTHY";
  return {
    taskArn: task.arn,
    clusterArn: store.arn(`cluster/${task.cluster}`),
    taskDefinitionArn: task.taskDefinition,
    group: task.group,
    startedBy: task.startedBy,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: health,
    launchType: "FARGATE",
    availabilityZone: `${store.account.region}a`,
    cpu: definition?.given["cpu"],
    memory: definition?.given["memory"],
    createdAt: inSeconds(task.createdAt),
    pullStartedAt: inSeconds(task.pullStartedAt),
    pullStoppedAt: inSeconds(task.pullStoppedAt),
    startedAt: inSeconds(task.startedAt),
    stoppingAt: inSeconds(task.stoppingAt),
    stoppedAt: inSeconds(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stopCode: task.stopCode,
    overrides: {
      containerOverrides: task.overrides.map(({ name, command, environment }) => ({
        name,
        command,
        environment,
      })),
    },
    attachments: [],
    attributes: [],
    tags: [],
    containers: task.containers.map((one) => ({
      containerArn: store.arn(`container/${task.cluster}/${task.id}/${one.name}`),
      taskArn: task.arn,
      name: one.name,
      image: one.image,
      imageDigest: one.imageDigest,
      runtimeId: one.runtimeId,
      lastStatus: one.lastStatus,
      exitCode: one.exitCode,
      reason: one.reason,
      healthStatus: "UNKNOWN",
      networkInterfaces: task.address === undefined ? [] : [{ privateIpv4Address: task.address }],
    })),
  };
}

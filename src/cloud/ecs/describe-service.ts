import type { EcsStore } from "./ecs-store.ts";
import { inSeconds } from "./in-seconds.ts";
import type { RolloutDeployment, RolloutRules, ServiceDeploymentStory } from "./rollout/types.ts";
import type { StoredService, StoredTask } from "./types.ts";

const PENDING = ["PROVISIONING", "PENDING", "ACTIVATING"];

/** A service in AWS's shape. */
export function describeService(service: StoredService, store: EcsStore): unknown {
  const tasks = store.tasksOf(service);
  const { rollout } = service;
  const story = rollout.stories[0];
  return {
    ...service.given,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: store.arn(`cluster/${service.cluster}`),
    loadBalancers: service.balancers,
    serviceRegistries: [],
    status: service.status,
    desiredCount: rollout.rules.desired,
    ...counts(tasks),
    taskDefinition: service.taskDefinition,
    deploymentConfiguration: configuration(rollout.rules),
    deployments: rollout.deployments.map((one, index) => describeDeployment(one, index, service, tasks)),
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: inSeconds(createdAt),
      message,
    })),
    createdAt: inSeconds(service.createdAt),
    createdBy: service.createdBy,
    healthCheckGracePeriodSeconds: service.graceSeconds,
    schedulingStrategy: "REPLICA",
    deploymentController: { type: "ECS" },
    currentServiceDeployment: story === undefined ? undefined : storyArn(service, story, store),
    currentServiceRevisions: rollout.deployments.map((one) => ({
      arn: revisionArn(service, one.revision, store),
      requestedTaskCount: one === rollout.deployments[0] ? rollout.rules.desired : 0,
      ...taskCounts(tasks, one.id),
    })),
    placementConstraints: [],
    placementStrategy: [],
  };
}

/** A service deployment in AWS's shape. */
export function describeStory(
  service: StoredService,
  story: ServiceDeploymentStory,
  store: EcsStore,
): unknown {
  const { rollout } = service;
  const tasks = store.tasksOf(service);
  const summary = (revision: string, requested: number) => {
    const deployments = rollout.deployments.filter((one) => one.revision === revision);
    const running = tasks.filter((task) => deployments.some((one) => one.id === task.startedBy));
    const { runningCount, pendingCount } = counts(running);
    return {
      arn: revisionArn(service, revision, store),
      requestedTaskCount: requested,
      runningTaskCount: runningCount,
      pendingTaskCount: pendingCount,
    };
  };
  const rollingBack = story.rollback !== undefined;
  const { breaker, desired } = rollout.rules;
  const monitoring = story.finishedAt === undefined ? "MONITORING" : "MONITORING_COMPLETE";
  return {
    serviceDeploymentArn: storyArn(service, story, store),
    serviceArn: service.arn,
    clusterArn: store.arn(`cluster/${service.cluster}`),
    createdAt: inSeconds(story.createdAt),
    startedAt: inSeconds(story.startedAt),
    finishedAt: inSeconds(story.finishedAt),
    stoppedAt: inSeconds(story.stoppedAt),
    updatedAt: inSeconds(story.updatedAt),
    sourceServiceRevisions: story.sources.map((one) => summary(one, rollingBack ? desired : 0)),
    targetServiceRevision: summary(story.revision, rollingBack ? 0 : desired),
    status: story.status,
    statusReason: story.statusReason,
    deploymentConfiguration: configuration(rollout.rules),
    rollback:
      story.rollback === undefined
        ? undefined
        : {
            reason: story.rollback.reason,
            startedAt: inSeconds(story.rollback.startedAt),
            serviceRevisionArn: revisionArn(service, story.rollback.revision, store),
          },
    deploymentCircuitBreaker: {
      status: breaker.enable ? (story.triggered ? "TRIGGERED" : monitoring) : "DISABLED",
      failureCount: story.failures,
      threshold: story.threshold,
    },
    alarms: { status: "DISABLED", alarmNames: [], triggeredAlarmNames: [] },
  };
}

export function storyArn(service: StoredService, story: ServiceDeploymentStory, store: EcsStore): string {
  return store.arn(`service-deployment/${service.cluster}/${service.name}/${story.id}`);
}

export function revisionArn(service: StoredService, revision: string, store: EcsStore): string {
  return store.arn(`service-revision/${service.cluster}/${service.name}/${revision}`);
}

function describeDeployment(
  deployment: RolloutDeployment,
  index: number,
  service: StoredService,
  tasks: readonly StoredTask[],
): unknown {
  return {
    id: deployment.id,
    status: index === 0 ? "PRIMARY" : "ACTIVE",
    taskDefinition: deployment.taskDefinition,
    desiredCount: index === 0 ? service.rollout.rules.desired : 0,
    ...counts(tasks.filter((task) => task.startedBy === deployment.id)),
    failedTasks: deployment.failedTasks,
    createdAt: inSeconds(deployment.createdAt),
    updatedAt: inSeconds(deployment.updatedAt),
    rolloutState: deployment.state,
    rolloutStateReason: deployment.reason,
    launchType: service.given["launchType"],
    networkConfiguration: service.given["networkConfiguration"],
  };
}

function counts(tasks: readonly StoredTask[]): { runningCount: number; pendingCount: number } {
  return {
    runningCount: tasks.filter((task) => task.lastStatus === "RUNNING").length,
    pendingCount: tasks.filter((task) => PENDING.includes(task.lastStatus)).length,
  };
}

function taskCounts(tasks: readonly StoredTask[], deployment: string): object {
  const { runningCount, pendingCount } = counts(tasks.filter((task) => task.startedBy === deployment));
  return { runningTaskCount: runningCount, pendingTaskCount: pendingCount };
}

function configuration(rules: RolloutRules): unknown {
  return {
    strategy: "ROLLING",
    maximumPercent: rules.maximumPercent,
    minimumHealthyPercent: rules.minimumHealthyPercent,
    deploymentCircuitBreaker: {
      enable: rules.breaker.enable,
      rollback: rules.breaker.rollback,
      resetOnHealthyTask: rules.breaker.resetOnHealthyTask,
      thresholdConfiguration: rules.breaker.threshold,
    },
  };
}

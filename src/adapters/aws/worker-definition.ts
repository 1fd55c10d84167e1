import type {
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { WorkerSpec } from "../../core/worker/worker-spec.ts";

/** ECS sends SIGTERM and waits so long, in seconds: a worker undoes what is under way meanwhile. */
const STOP_SECONDS = 30;

/** A worker in ECS's words. Its image's entry point is the CLI. */
export function toWorkerDefinition(spec: WorkerSpec): RegisterTaskDefinitionCommandInput {
  const { tasks } = spec;
  return {
    family: spec.family,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: String(spec.cpu),
    memory: String(spec.memory),
    ...(tasks === undefined ? {} : { executionRoleArn: tasks.executionRole }),
    ...(tasks?.taskRole === undefined ? {} : { taskRoleArn: tasks.taskRole }),
    containerDefinitions: [
      {
        name: spec.container,
        image: spec.image,
        essential: true,
        command: ["migrate", "worker"],
        stopTimeout: STOP_SECONDS,
        secrets: Object.entries(spec.secrets)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, valueFrom]) => ({ name, valueFrom })),
      },
    ],
  };
}

/** Does what is registered run the same? */
export function isSameWorker(
  registered: TaskDefinition,
  wanted: RegisterTaskDefinitionCommandInput,
): boolean {
  return (
    registered.status === "ACTIVE" &&
    registered.cpu === wanted.cpu &&
    registered.memory === wanted.memory &&
    registered.executionRoleArn === wanted.executionRoleArn &&
    registered.taskRoleArn === wanted.taskRoleArn &&
    text(registered) === text(wanted)
  );
}

/** Where the task runs, for RunTask. */
export function networkOf({ tasks }: WorkerSpec): Pick<RunTaskCommandInput, "networkConfiguration"> {
  if (tasks === undefined) return {};
  return {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...tasks.subnets],
        securityGroups: [...tasks.securityGroups],
        assignPublicIp: tasks.publicAddress ? "ENABLED" : "DISABLED",
      },
    },
  };
}

function text({ containerDefinitions = [] }: Pick<TaskDefinition, "containerDefinitions">): string {
  return JSON.stringify(
    containerDefinitions.map(({ name, image, command, stopTimeout, secrets }) => ({
      name,
      image,
      command,
      stopTimeout,
      secrets: secrets?.map((one) => ({ name: one.name, valueFrom: one.valueFrom })),
    })),
  );
}

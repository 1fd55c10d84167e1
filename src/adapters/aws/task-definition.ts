import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from "@aws-sdk/client-ecs";
import type { TaskSpec } from "../../core/deployment/service.ts";

/** Our words in ECS's. */
export function toTaskDefinition(task: TaskSpec): RegisterTaskDefinitionCommandInput {
  return {
    family: task.family,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: String(task.cpu),
    memory: String(task.memory),
    ...(task.executionRole === undefined ? {} : { executionRoleArn: task.executionRole }),
    ...(task.taskRole === undefined ? {} : { taskRoleArn: task.taskRole }),
    containerDefinitions: [
      {
        name: task.container,
        image: task.image,
        essential: true,
        portMappings: [{ containerPort: task.port, protocol: "tcp" }],
        environment: sorted(task.env).map(([name, value]) => ({ name, value })),
        secrets: sorted(task.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      },
    ],
  };
}

/** ECS's words in ours; of a definition that is not ours, the parts we have words for. */
export function fromTaskDefinition(definition: TaskDefinition): TaskSpec {
  const container = definition.containerDefinitions?.[0];
  return {
    family: definition.family ?? "",
    container: container?.name ?? "",
    image: container?.image ?? "",
    cpu: Number(definition.cpu),
    memory: Number(definition.memory),
    port: container?.portMappings?.[0]?.containerPort ?? 0,
    env: Object.fromEntries(
      (container?.environment ?? []).map(({ name, value }) => [name ?? "", value ?? ""]),
    ),
    secrets: Object.fromEntries(
      (container?.secrets ?? []).map(({ name, valueFrom }) => [name ?? "", valueFrom ?? ""]),
    ),
    executionRole: definition.executionRoleArn,
    taskRole: definition.taskRoleArn,
  };
}

/** Do two specs run the same? */
export function isSameTask(a: TaskSpec, b: TaskSpec): boolean {
  return text(a) === text(b);
}

function text(task: TaskSpec): string {
  return JSON.stringify({ ...toTaskDefinition(task) });
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

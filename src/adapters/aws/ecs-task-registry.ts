import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { TaskRegistry } from "../../ports/task-registry.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { fromTaskDefinition, isSameTask, toTaskDefinition } from "./task-definition.ts";
import { ask, isNamed } from "./translate-error.ts";

/** Task definitions of ECS. A revision is a task definition's ARN. */
export function ecsTaskRegistry(access: CloudAccess): TaskRegistry {
  const client = new ECSClient(clientSettings(access));

  async function describe(taskDefinition: string): Promise<TaskDefinition | undefined> {
    return ask("ecs", "DescribeTaskDefinition", async () => {
      try {
        return (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
      } catch (error) {
        // ECS has no name of its own for "there is none".
        if (isNamed(error, "ClientException")) return undefined;
        throw error;
      }
    });
  }

  return {
    async stage(task) {
      const latest = await describe(task.family);
      if (latest?.taskDefinitionArn !== undefined && isSameTask(fromTaskDefinition(latest), task)) {
        return latest.taskDefinitionArn;
      }

      const registered = await ask("ecs", "RegisterTaskDefinition", () =>
        client.send(new RegisterTaskDefinitionCommand(toTaskDefinition(task))),
      );
      const revision = registered.taskDefinition?.taskDefinitionArn;
      if (revision === undefined) throw new Error("ECS registered a task definition without an ARN");
      return revision;
    },

    async exists(revision) {
      return (await describe(revision))?.status === "ACTIVE";
    },
  };
}

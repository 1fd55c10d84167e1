import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { WorkerSpec } from "../../core/worker/worker-spec.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { WorkerState, WorkerTasks } from "../../ports/worker-tasks.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { toStoppedTask } from "./stopped-task.ts";
import { ask, isNamed } from "./translate-error.ts";
import { isSameWorker, networkOf, toWorkerDefinition } from "./worker-definition.ts";

/** Answers after which AWS may have done what it was asked. */
const PERHAPS_DONE = new Set(["AWS_FAULT", "AWS_UNREACHABLE", "AWS_THROTTLED"]);

/** Workers as one-off tasks of ECS on Fargate, each known by its run's id. What is started is asked for when one is. */
export function ecsWorkerTasks(
  access: CloudAccess,
  cluster: string,
  plan: () => Promise<WorkerSpec>,
): WorkerTasks {
  const client = new ECSClient(clientSettings(access));

  /** The newest revision when it is the same, else a new one. */
  async function stage(spec: WorkerSpec): Promise<string> {
    const wanted = toWorkerDefinition(spec);
    const latest = await ask("ecs", "DescribeTaskDefinition", async () => {
      try {
        const command = new DescribeTaskDefinitionCommand({ taskDefinition: spec.family });
        return (await client.send(command)).taskDefinition;
      } catch (error) {
        // ECS has no name of its own for "there is none".
        if (isNamed(error, "ClientException")) return undefined;
        throw error;
      }
    });
    if (latest?.taskDefinitionArn !== undefined && isSameWorker(latest, wanted)) {
      return latest.taskDefinitionArn;
    }
    const registered = await ask("ecs", "RegisterTaskDefinition", () =>
      client.send(new RegisterTaskDefinitionCommand(wanted)),
    );
    return registered.taskDefinition?.taskDefinitionArn ?? spec.family;
  }

  async function find(run: string): Promise<string | undefined> {
    for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
      const found = await ask("ecs", "ListTasks", () =>
        client.send(new ListTasksCommand({ cluster, startedBy: run, desiredStatus })),
      );
      const [task] = found.taskArns ?? [];
      if (task !== undefined) return task;
    }
    return undefined;
  }

  return {
    place: `a task of ECS in ${cluster}`,

    async start(run) {
      const spec = await plan();
      const taskDefinition = await stage(spec);
      const command = new RunTaskCommand({
        cluster,
        taskDefinition,
        launchType: "FARGATE",
        startedBy: run,
        // Twice the same token is one task, also when the first answer was lost.
        clientToken: run,
        ...networkOf(spec),
        overrides: {
          containerOverrides: [
            { name: spec.container, environment: [{ name: "SLIPWAY_WORKER_RUN", value: run }] },
          ],
        },
      });
      try {
        const { tasks = [], failures = [] } = await ask("ecs", "RunTask", () => client.send(command));
        const [task] = tasks;
        if (task?.taskArn !== undefined) return task.taskArn;
        throw notStarted(cluster, failures.map(({ reason, detail }) => detail ?? reason ?? "").join("; "));
      } catch (error) {
        const isLost =
          error instanceof SlipwayError && error.problems.some(({ code }) => PERHAPS_DONE.has(code));
        const found = isLost ? await find(run).catch(() => undefined) : undefined;
        if (found !== undefined) return found;
        throw error;
      }
    },

    async state(worker): Promise<WorkerState> {
      const { tasks = [] } = await ask("ecs", "DescribeTasks", () =>
        client.send(new DescribeTasksCommand({ cluster, tasks: [worker] })),
      );
      const [task] = tasks;
      // Just started tasks may not be shown yet.
      if (task === undefined) return { kind: "missing" };
      if (task.lastStatus !== "STOPPED") {
        return { kind: task.lastStatus === "RUNNING" ? "running" : "starting" };
      }
      const { reason, exitCode } = toStoppedTask(task);
      const ended = exitCode === undefined ? [] : [`exit code ${exitCode}`];
      return { kind: "stopped", because: [reason, ...ended].filter(Boolean).join(", ") };
    },

    async stop(worker, because) {
      await ask("ecs", "StopTask", () =>
        client.send(new StopTaskCommand({ cluster, task: worker, reason: because })),
      );
    },
  };
}

function notStarted(cluster: string, because: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_NOT_STARTED",
      at: `aws/ecs/${cluster}`,
      says: `no task was started: ${because === "" ? "AWS says no reason" : because}`,
      hint: "mend what AWS says; database/runs names the image, environments/<name>/tasks where it runs",
    },
    "verifyFailed",
  );
}

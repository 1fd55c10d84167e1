import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { describeTask } from "./describe-task.ts";
import { lastPart } from "./ecs-store.ts";
import type { EcsRuntime } from "./ecs-runtime.ts";
import { readOverrides } from "./read-task-definition.ts";

/** What a request asks for, to tell whether another one with the same token asks for the same. */
function tokenOf({ fields }: Input): string {
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Tasks: listed, described, stopped, and started one by one. */
export function taskOperations(runtime: EcsRuntime): Operations {
  const { store } = runtime.cloud;

  function list(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const service = input.optionalText("serviceName");
    if (service !== undefined && store.service(cluster, service) === undefined) {
      throw new AwsError("ServiceNotFoundException", "Service not found.");
    }
    const family = input.optionalText("family");
    const startedBy = input.optionalText("startedBy");
    const status = input.word("desiredStatus", ["RUNNING", "PENDING", "STOPPED"], "RUNNING");
    const found = Object.values(store.state.tasks)
      .filter((task) => task.cluster === cluster.name && task.desiredStatus === status)
      .filter((task) => service === undefined || task.service === lastPart(service))
      .filter((task) => family === undefined || lastPart(task.taskDefinition).split(":")[0] === family)
      .filter((task) => startedBy === undefined || task.startedBy === startedBy)
      .map((task) => task.arn);
    const from = Number(input.optionalText("nextToken") ?? 0);
    const to = from + (input.optionalWhole("maxResults") ?? 100);
    return { taskArns: found.slice(from, to), nextToken: to < found.length ? String(to) : undefined };
  }

  function describe(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const wanted = input.texts("tasks");
    if (wanted.length === 0 || wanted.length > 100)
      throw input.invalid("tasks must have between 1 and 100 entries.");
    const found = wanted.map((name) => {
      const task = store.task(name);
      return { name, task: task?.cluster === cluster.name ? task : undefined };
    });
    return {
      tasks: found.flatMap(({ task }) => (task === undefined ? [] : [describeTask(task, store)])),
      failures: found
        .filter(({ task }) => task === undefined)
        .map(({ name }) => ({ arn: store.arn(`task/${cluster.name}/${lastPart(name)}`), reason: "MISSING" })),
    };
  }

  function run(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const definition = store.taskDefinition(input.text("taskDefinition"));
    if (definition === undefined) throw new AwsError("ClientException", "TaskDefinition not found.");
    if (definition.status !== "ACTIVE") throw new AwsError("ClientException", "TaskDefinition is inactive");
    const count = input.optionalWhole("count") ?? 1;
    if (count < 1 || count > 10) throw input.invalid("count must be between 1 and 10.");
    const overrides = readOverrides(input);
    const stranger = overrides.find((one) => !definition.containers.some(({ name }) => name === one.name));
    if (stranger !== undefined)
      throw input.invalid(
        `Override for container named ${stranger.name} is not a container in the TaskDefinition.`,
      );
    const token = input.optionalText("clientToken");
    if (token !== undefined && token.length > 64) {
      throw input.invalid("clientToken can be at most 64 characters long.");
    }
    const startedBy = input.optionalText("startedBy");
    if (startedBy !== undefined && !/^[A-Za-z0-9/_-]{1,128}$/.test(startedBy)) {
      throw input.invalid("startedBy can have up to 128 letters, numbers, hyphens, slashes and underscores.");
    }
    const asked = tokenOf(input);
    const known = Object.values(store.state.tasks).filter((task) => task.clientToken?.token === token);
    if (token !== undefined && known.length > 0) {
      if (known.some((task) => task.clientToken?.asked !== asked)) {
        throw new AwsError(
          "ConflictException",
          "The provided clientToken is already in use with a different RunTask request.",
        );
      }
      return { tasks: known.map((task) => describeTask(task, store)), failures: [] };
    }
    const wish = {
      group: input.optionalText("group") ?? `family:${definition.family}`,
      startedBy,
      clientToken: token === undefined ? undefined : { token, asked },
      overrides,
    };
    const tasks = Array.from({ length: count }, () => runtime.runTask(cluster.name, definition, wish));
    return { tasks: tasks.map((task) => describeTask(task, store)), failures: [] };
  }

  function stop(input: Input): unknown {
    const cluster = store.cluster(input.optionalText("cluster"));
    const task = store.task(input.text("task"));
    if (task === undefined || task.cluster !== cluster.name) {
      throw input.invalid("The referenced task was not found.");
    }
    runtime.stopTask(task, input.optionalText("reason") ?? "Task stopped by user");
    return { task: describeTask(task, store) };
  }

  return { ListTasks: list, DescribeTasks: describe, RunTask: run, StopTask: stop };
}

import { userArn } from "../account.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Caller, Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { EcsStore } from "./ecs-store.ts";
import { isEcsName } from "./is-ecs-name.ts";
import { readContainers } from "./read-task-definition.ts";
import { recordedFields } from "./recorded-fields.ts";
import type { StoredTaskDefinition } from "./types.ts";

/** Recorded as given and answered, without an effect in this cloud. */
const RECORDED = [
  "taskRoleArn",
  "executionRoleArn",
  "cpu",
  "memory",
  "requiresCompatibilities",
  "runtimePlatform",
  "ephemeralStorage",
  "pidMode",
  "ipcMode",
  "tags",
] as const;

// Sizes of Fargate: memory in MiB for each number of CPU units (1024 are one vCPU).
const FARGATE_MEMORY: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "256": [512, 2048],
  "512": [1024, 4096],
  "1024": [2048, 8192],
  "2048": [4096, 16_384],
  "4096": [8192, 30_720],
  "8192": [16_384, 61_440],
  "16384": [32_768, 122_880],
};

/** Task definitions: registered once per revision, never changed. */
export function taskDefinitionOperations(store: EcsStore, scheduler: Scheduler): Operations {
  function find(reference: string): StoredTaskDefinition {
    const found = store.taskDefinition(reference);
    if (found !== undefined) return found;
    throw new AwsError("ClientException", "Unable to describe task definition.");
  }

  function register(input: Input, caller: Caller): unknown {
    const family = input.optionalText("family") ?? "";
    if (!isEcsName(family)) throw new AwsError("ClientException", "Family contains invalid characters.");
    const networkMode = input.optionalText("networkMode") ?? "awsvpc";
    if (networkMode !== "awsvpc") {
      throw new AwsError(
        "ClientException",
        `The local cloud runs tasks with networkMode=awsvpc only, got ${networkMode}.`,
      );
    }
    if (input.inputs("volumes").length > 0)
      throw new AwsError("ClientException", "The local cloud has no volumes.");
    const containers = readContainers(input);
    checkFargateSize(input);
    const revision = (store.state.revisions[family] ?? 0) + 1;
    store.state.revisions[family] = revision;
    const definition: StoredTaskDefinition = {
      arn: store.arn(`task-definition/${family}:${revision}`),
      family,
      revision,
      status: "ACTIVE",
      containers,
      given: recordedFields(input, RECORDED),
      registeredAt: scheduler.seconds(),
      registeredBy: caller.accessKey,
      deregisteredAt: undefined,
    };
    store.state.taskDefinitions[`${family}:${revision}`] = definition;
    store.save();
    return { taskDefinition: describe(definition, store), tags: definition.given["tags"] };
  }

  function deregister(input: Input): unknown {
    const reference = input.text("taskDefinition");
    if (!/:\d+$/.test(reference))
      throw new AwsError("ClientException", "Invalid revision number. Number: null");
    const definition = find(reference);
    definition.status = "INACTIVE";
    definition.deregisteredAt ??= scheduler.seconds();
    store.save();
    return { taskDefinition: describe(definition, store) };
  }

  function list(input: Input): unknown {
    const family = input.optionalText("familyPrefix");
    const status = input.word("status", ["ACTIVE", "INACTIVE"], "ACTIVE");
    const found = Object.values(store.state.taskDefinitions)
      .filter((one) => one.status === status && (family === undefined || one.family === family))
      .toSorted((a, b) => a.family.localeCompare(b.family) || a.revision - b.revision)
      .map((one) => one.arn);
    if (input.word("sort", ["ASC", "DESC"], "ASC") === "DESC") found.reverse();
    const from = Number(input.optionalText("nextToken") ?? 0);
    const to = from + (input.optionalWhole("maxResults") ?? 100);
    return {
      taskDefinitionArns: found.slice(from, to),
      nextToken: to < found.length ? String(to) : undefined,
    };
  }

  return {
    RegisterTaskDefinition: register,
    DescribeTaskDefinition: (input: Input) => {
      const definition = find(input.text("taskDefinition"));
      const wantsTags = input.texts("include").includes("TAGS");
      const tags = wantsTags ? { tags: definition.given["tags"] ?? [] } : {};
      return { taskDefinition: describe(definition, store), ...tags };
    },
    ListTaskDefinitions: list,
    DeregisterTaskDefinition: deregister,
  };
}

function checkFargateSize(input: Input): void {
  if (!input.texts("requiresCompatibilities").includes("FARGATE")) return;
  const cpu = input.optionalText("cpu") ?? "";
  const memory = Number(input.optionalText("memory") ?? NaN);
  const range = FARGATE_MEMORY[cpu];
  if (range !== undefined && memory >= range[0] && memory <= range[1]) return;
  const says =
    "No Fargate configuration exists for given values: CPU or memory is missing or does not fit the other.";
  throw new AwsError("ClientException", says);
}

function describe(definition: StoredTaskDefinition, store: EcsStore): unknown {
  const { tags: _, ...given } = definition.given;
  return {
    ...given,
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: definition.status,
    networkMode: "awsvpc",
    containerDefinitions: definition.containers.map((one) => one.given),
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ["EC2", "FARGATE"],
    registeredAt: definition.registeredAt,
    registeredBy: userArn(store.account, definition.registeredBy),
    deregisteredAt: definition.deregisteredAt,
  };
}

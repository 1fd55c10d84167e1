import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { ContainerDefinition, ContainerOverride, PortMapping } from "./types.ts";

const DEFAULT_STOP_SECONDS = 30;

/** The containers of a task definition, checked as AWS checks them (`ClientException`). */
export function readContainers(input: Input): ContainerDefinition[] {
  const containers = input.inputs("containerDefinitions").map(readContainer);
  if (containers.length === 0)
    throw new AwsError("ClientException", "Task definition does not have any container definitions.");
  const names = containers.map((one) => one.name);
  if (new Set(names).size !== names.length) {
    throw new AwsError("ClientException", "Container.name must be unique within the task definition.");
  }
  if (!containers.some((one) => one.essential)) {
    throw new AwsError("ClientException", "At least one container must be essential.");
  }
  for (const name of containers.flatMap((one) => one.after)) {
    if (!names.includes(name))
      throw new AwsError("ClientException", `dependsOn names a container that is not there: ${name}`);
  }
  return containers;
}

/** The overrides of RunTask. */
export function readOverrides(input: Input): ContainerOverride[] {
  const overrides = input.optionalInput("overrides")?.inputs("containerOverrides") ?? [];
  return overrides.map((one) => ({
    name: one.text("name"),
    command: one.has("command") ? one.texts("command") : undefined,
    environment: readPairs(one, "environment"),
  }));
}

function readContainer(input: Input): ContainerDefinition {
  const name = input.optionalText("name") ?? "";
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw new AwsError("ClientException", "Container.name contains invalid characters.");
  const image = input.optionalText("image") ?? "";
  if (image === "") throw new AwsError("ClientException", "Container.image should not be null or empty.");
  if (input.inputs("mountPoints").length > 0) {
    throw new AwsError(
      "ClientException",
      "The local cloud has no volumes, so a container cannot have mountPoints.",
    );
  }
  const stopTimeout = input.optionalWhole("stopTimeout") ?? DEFAULT_STOP_SECONDS;
  if (stopTimeout < 0 || stopTimeout > 120) {
    throw new AwsError(
      "ClientException",
      "Container.stopTimeout must be between 0 and 120 seconds on Fargate.",
    );
  }
  const essential = input.flag("essential", true);
  const environment = readPairs(input, "environment");
  const secrets = input
    .inputs("secrets")
    .map((one) => ({ name: one.text("name"), valueFrom: one.text("valueFrom") }));
  const twice = secrets.find((secret) => environment.some((pair) => pair.name === secret.name));
  if (twice !== undefined) {
    const says = `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${twice.name}'.`;
    throw new AwsError("ClientException", says);
  }
  const portMappings = input.inputs("portMappings").map(readPort);
  return {
    name,
    image,
    essential,
    entryPoint: input.has("entryPoint") ? input.texts("entryPoint") : undefined,
    command: input.has("command") ? input.texts("command") : undefined,
    workingDirectory: input.optionalText("workingDirectory"),
    user: input.optionalText("user"),
    environment,
    secrets,
    portMappings,
    stopTimeout,
    after: input.inputs("dependsOn").map((one) => one.text("containerName")),
    given: {
      cpu: 0,
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...input.fields,
      environment,
      essential,
      portMappings,
    },
  };
}

function readPort(input: Input): PortMapping {
  const containerPort = input.whole("containerPort");
  const hostPort = input.optionalWhole("hostPort") ?? containerPort;
  if (containerPort < 1 || containerPort > 65_535) {
    throw new AwsError(
      "ClientException",
      `Invalid containerPort ${containerPort}: it must be between 1 and 65535.`,
    );
  }
  if (hostPort !== 0 && hostPort !== containerPort) {
    const says = `When networkMode=awsvpc, the host ports and container ports in port mappings must match.`;
    throw new AwsError("ClientException", says);
  }
  const name = input.optionalText("name");
  const protocol = input.word("protocol", ["tcp", "udp"], "tcp");
  return { containerPort, hostPort: containerPort, protocol, ...(name === undefined ? {} : { name }) };
}

function readPairs(input: Input, name: string): { name: string; value: string }[] {
  return input
    .inputs(name)
    .map((one) => ({ name: one.text("name"), value: one.optionalText("value") ?? "" }));
}

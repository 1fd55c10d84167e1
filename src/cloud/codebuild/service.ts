import { randomUUID } from "node:crypto";
import { readSecret } from "../ecs/read-secret.ts";
import type { SecretVault } from "../secretsmanager/secret-vault.ts";
import type { AwsService, Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { commandsOf } from "./buildspec.ts";
import type { CodeBuildRuntime } from "./codebuild-runtime.ts";
import type { StoredBuild, StoredProject } from "./codebuild-store.ts";
import { describeBuild } from "./describe-build.ts";

/** AWS remembers an idempotency token for so long, in milliseconds. */
const TOKEN_MS = 300_000;
const TIMEOUT_MINUTES = 60;

/** CodeBuild, as far as builds that have no source. */
export function codebuildService(runtime: CodeBuildRuntime, vault: SecretVault): AwsService {
  return {
    protocol: "json",
    name: "CodeBuild_20161006",
    invalidInput: "InvalidInputException",
    operations: operations(runtime, vault),
  };
}

function operations(runtime: CodeBuildRuntime, vault: SecretVault): Operations {
  const { store, scheduler } = runtime.cloud;

  function createProject(input: Input): unknown {
    const name = input.text("name");
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/.test(name)) throw input.invalid("Invalid project name.");
    if (Object.hasOwn(store.state.projects, name)) {
      throw new AwsError(
        "ResourceAlreadyExistsException",
        `Project already exists: ${store.arn(`project/${name}`)}`,
      );
    }
    const source = input.optionalInput("source")?.text("type");
    if (source !== "NO_SOURCE") throw input.invalid("The local cloud builds from NO_SOURCE alone.");
    const project: StoredProject = {
      name,
      arn: store.arn(`project/${name}`),
      image: imageOf(input),
      timeoutMinutes: minutes(input, "timeoutInMinutes") ?? TIMEOUT_MINUTES,
      given: input.fields,
      createdAt: scheduler.now(),
      builds: 0,
    };
    store.state.projects[name] = project;
    store.save();
    return { project: { ...project.given, arn: project.arn, created: project.createdAt / 1000 } };
  }

  function start(input: Input): unknown {
    const name = input.text("projectName");
    const project = Object.hasOwn(store.state.projects, name) ? store.state.projects[name] : undefined;
    if (project === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Project cannot be found: ${store.arn(`project/${name}`)}`,
      );
    }
    const text = input.optionalText("idempotencyToken");
    const asked = JSON.stringify(Object.entries(input.fields).sort(([a], [b]) => (a < b ? -1 : 1)));
    const now = scheduler.now();
    const known = Object.values(store.state.builds).find(
      ({ token }) => token !== undefined && token.text === text && now < token.until,
    );
    if (known !== undefined) {
      if (known.token?.asked === asked) return { build: describeBuild(known) };
      throw input.invalid(
        "Parameters of the request differ from those of the first one with the same idempotencyToken.",
      );
    }
    const commands = commandsOf(input.text("buildspecOverride"), (says) => input.invalid(says));
    const variables = input.inputs("environmentVariablesOverride").map((one) => ({
      name: one.text("name"),
      value: one.text("value"),
      type: one.word("type", ["PLAINTEXT", "SECRETS_MANAGER"], "PLAINTEXT"),
    }));
    project.builds += 1;
    const id = `${name}:${randomUUID()}`;
    const build: StoredBuild = {
      id,
      arn: store.arn(`build/${id}`),
      project: name,
      number: project.builds,
      image: project.image,
      timeoutMinutes: minutes(input, "timeoutInMinutesOverride") ?? project.timeoutMinutes,
      token: text === undefined ? undefined : { text, asked, until: now + TOKEN_MS },
      startedAt: now,
      endedAt: undefined,
      status: "IN_PROGRESS",
      phases: [
        { type: "SUBMITTED", startedAt: now, endedAt: undefined, status: undefined, message: undefined },
      ],
    };
    store.state.builds[id] = build;
    const env = () => ({
      ...runtime.platformEnv(id),
      ...Object.fromEntries(
        variables.map(({ name: variable, value, type }) => [
          variable,
          type === "PLAINTEXT" ? value : readSecret(vault, { name: variable, valueFrom: value }),
        ]),
      ),
    });
    runtime.start(build, { commands, env });
    store.save();
    return { build: describeBuild(build) };
  }

  function batchGet(input: Input): unknown {
    const ids = input.texts("ids");
    if (ids.length === 0 || ids.length > 100) throw input.invalid("ids must have between 1 and 100 entries.");
    const found = ids.map((id) => ({ id, build: store.build(id) }));
    return {
      builds: found.flatMap(({ build }) => (build === undefined ? [] : [describeBuild(build)])),
      buildsNotFound: found.flatMap(({ id, build }) => (build === undefined ? [id] : [])),
    };
  }

  function stop(input: Input): unknown {
    const id = input.text("id");
    const build = store.build(id);
    if (build === undefined) throw new AwsError("ResourceNotFoundException", `Build cannot be found: ${id}`);
    runtime.stop(build);
    return { build: describeBuild(build) };
  }

  return { CreateProject: createProject, StartBuild: start, BatchGetBuilds: batchGet, StopBuild: stop };
}

function imageOf(input: Input): string {
  const environment = input.optionalInput("environment");
  if (environment === undefined) throw input.invalid("Project environment is required.");
  return environment.text("image");
}

function minutes(input: Input, name: string): number | undefined {
  const value = input.optionalWhole(name);
  if (value !== undefined && (value < 5 || value > 2160)) {
    throw input.invalid(`${name} must be between 5 and 2160.`);
  }
  return value;
}

import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  StartBuildCommand,
  StopBuildCommand,
  type Build,
} from "@aws-sdk/client-codebuild";
import { WORKER_RUN } from "../../core/worker/worker-spec.ts";
import type { WorkerState, WorkerTasks } from "../../ports/worker-tasks.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask } from "./translate-error.ts";

/** `exec`, so that what CodeBuild sends to the command reaches the worker. */
const BUILDSPEC = `version: 0.2
phases:
  build:
    commands:
      - exec slipway migrate worker
`;

/** Longer than a worker lives. */
const TIMEOUT_MINUTES = 420;

/**
 * Workers as builds of a CodeBuild project, whose image has `slipway` on its PATH. The variables' values are named by
 * secrets, environment variable → the platform's name of the secret, asked for when one is started.
 */
export function codebuildWorkerTasks(
  access: CloudAccess,
  project: string,
  secrets: () => Promise<Readonly<Record<string, string>>>,
): WorkerTasks {
  const client = new CodeBuildClient(clientSettings(access));

  return {
    place: `a build of CodeBuild's project ${project}`,

    async start(run) {
      const command = new StartBuildCommand({
        projectName: project,
        buildspecOverride: BUILDSPEC,
        timeoutInMinutesOverride: TIMEOUT_MINUTES,
        // Twice the same token is one build, also when the first answer was lost.
        idempotencyToken: run,
        environmentVariablesOverride: [
          { name: WORKER_RUN, value: run, type: "PLAINTEXT" },
          ...Object.entries(await secrets()).map(([name, value]) => ({
            name,
            value,
            type: "SECRETS_MANAGER" as const,
          })),
        ],
      });
      const { build } = await ask("codebuild", "StartBuild", () => client.send(command));
      if (build?.id === undefined) throw new Error("CodeBuild started a build without an id");
      return build.id;
    },

    async state(worker): Promise<WorkerState> {
      const { builds = [] } = await ask("codebuild", "BatchGetBuilds", () =>
        client.send(new BatchGetBuildsCommand({ ids: [worker] })),
      );
      const [build] = builds;
      if (build === undefined) return { kind: "missing" };
      if (build.buildStatus !== "IN_PROGRESS") return { kind: "stopped", because: whyStopped(build) };
      return { kind: build.currentPhase === "BUILD" ? "running" : "starting" };
    },

    // CodeBuild keeps no reason.
    async stop(worker) {
      await ask("codebuild", "StopBuild", () => client.send(new StopBuildCommand({ id: worker })));
    },
  };
}

function whyStopped({ buildStatus, phases = [] }: Build): string {
  const messages = phases.flatMap(({ contexts = [] }) => contexts.map(({ message }) => message));
  return [buildStatus, ...messages].filter(Boolean).join(": ");
}

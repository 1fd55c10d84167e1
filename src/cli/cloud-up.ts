import type { Config } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import type { CloudUpOptions } from "./cloud-command.ts";
import { composeCloud } from "./compose-cloud.ts";
import { loadConfig } from "./compose.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";

/** Starts the local cloud, or finds it running, and makes room for the app when the folder holds one. */
export async function runCloudUp(options: CloudUpOptions): Promise<void> {
  const config = await appConfig(options.project);
  const cloud = await composeCloud();
  const { status, alreadyRunning, provisioned } = await interruptible(({ stop }) =>
    cloud.up(options.name, options.port, config, stop),
  );
  if (status.sandbox.note !== "") process.stderr.write(`note: ${status.sandbox.note}\n`);

  if (options.json === true) {
    const { uptimeSeconds: _, memoryBytes: __, ...shown } = status;
    process.stdout.write(`${JSON.stringify({ ...shown, alreadyRunning, provisioned }, null, 2)}\n`);
    return;
  }
  const lines = [
    alreadyRunning
      ? `the local cloud "${status.name}" runs already`
      : `the local cloud "${status.name}" is up`,
    `  endpoint  ${status.endpoint}  (AWS_ENDPOINT_URL; any credentials, such as slipway / slipway)`,
    `  registry  ${status.registry}  (user slipway, password slipway)`,
    ...provisioned.map(({ environment, component, url }) => `  ${component} of ${environment}: ${url}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The folder's app; `undefined` when it holds none and nobody said that it should. */
async function appConfig(project: string | undefined): Promise<Config | undefined> {
  try {
    return (await findProject(project, loadConfig)).config;
  } catch (error) {
    const missing = error instanceof SlipwayError && error.problems[0]?.code === "CONFIG_MISSING";
    if (missing && project === undefined) return undefined;
    throw error;
  }
}

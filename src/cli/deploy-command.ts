import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface DeployOptions extends CommonOptions {
  readonly env: string;
  readonly release?: string;
  readonly plan?: string;
  readonly breakGlass?: string;
}

export function registerDeploy(program: Command): void {
  verb(program, "deploy", "bring an environment to a release; roll back by itself when that fails")
    .option("--env <name>", "the environment, as the config names it")
    .option("--release <file>", "the release manifest that `slipway call release` wrote")
    .option("--plan <file>", "a saved plan: go only while it still holds; it brings its release along")
    .option(
      "--break-glass <reason>",
      "skip windows, rate limit and approvals; a second person must answer for it",
    )
    .action(async (options: DeployOptions, command: Command) => {
      demand(command, { ...options }, "env", ...(options.plan === undefined ? ["release"] : []));
      const { runDeploy } = await import("./run-deploy.ts");
      await runDeploy(command.optsWithGlobals<DeployOptions>());
    });
}

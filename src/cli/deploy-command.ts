import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface DeployOptions extends CommonOptions {
  readonly env: string;
  readonly release: string;
}

export function registerDeploy(program: Command): void {
  verb(program, "deploy", "bring an environment to a release; roll back by itself when that fails")
    .option("--env <name>", "the environment, as the config names it")
    .option("--release <file>", "the release manifest that `slipway call release` wrote")
    .action(async (options: DeployOptions, command: Command) => {
      demand(command, { ...options }, "env", "release");
      const { runDeploy } = await import("./run-deploy.ts");
      await runDeploy(command.optsWithGlobals<DeployOptions>());
    });
}

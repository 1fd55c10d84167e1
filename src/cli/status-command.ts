import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface StatusOptions extends CommonOptions {
  readonly env: string;
}

export function registerStatus(program: Command): void {
  verb(program, "status", "what runs in an environment, since when, who holds it, and the last deployments")
    .option("--env <name>", "the environment, as the config names it")
    .action(async (options: StatusOptions, command: Command) => {
      demand(command, { ...options }, "env");
      const { runStatus } = await import("./run-status.ts");
      await runStatus(command.optsWithGlobals<StatusOptions>());
    });
}

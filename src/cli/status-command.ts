import type { Command } from "commander";
import { verb, type CommonOptions } from "./verb.ts";

export interface StatusOptions extends CommonOptions {
  readonly env: string;
}

export function registerStatus(program: Command): void {
  verb(program, "status", "what runs in an environment, since when, who holds it, and the last deployments")
    .requiredOption("--env <name>", "the environment, as the config names it")
    .action(async (_options: StatusOptions, command: Command) => {
      const { runStatus } = await import("./run-status.ts");
      await runStatus(command.optsWithGlobals<StatusOptions>());
    });
}

import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface RollbackOptions extends CommonOptions {
  readonly env: string;
  readonly to?: string;
}

export function registerRollback(program: Command): void {
  verb(program, "rollback", "return an environment to the last known good release before this one")
    .option("--env <name>", "the environment, as the config names it")
    .option("--to <release>", "id of the known good release to return to")
    .action(async (options: RollbackOptions, command: Command) => {
      demand(command, { ...options }, "env");
      const { runRollback } = await import("./run-rollback.ts");
      await runRollback(command.optsWithGlobals<RollbackOptions>());
    });
}

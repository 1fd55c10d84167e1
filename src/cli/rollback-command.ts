import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface RollbackOptions extends CommonOptions {
  readonly env: string;
  readonly to?: string;
  /** The reason, when it is given here. */
  readonly breakGlass?: string | true;
  readonly reason?: string;
  readonly second?: string;
  readonly duringRollout?: boolean;
  readonly trust?: string;
}

const EMERGENCY = ["reason", "second", "duringRollout", "trust"] as const;

export function registerRollback(program: Command): void {
  verb(program, "rollback", "return an environment to the last known good release before this one")
    .option("--env <name>", "the environment, as the config names it")
    .option("--to <release>", "id of the known good release to return to")
    .option("--break-glass [reason]", "only while the ledger is gone: without a lease, into a signed journal")
    .option("--reason <sentence>", "with --break-glass: what is wrong")
    .option("--second <file>", "with --break-glass: what `slipway approve-emergency` wrote for you")
    .option("--during-rollout", "with --break-glass: also while the platform replaces tasks")
    .option("--trust <file>", "with --break-glass: public keys that are trusted besides, one a line")
    .action(async (options: RollbackOptions, command: Command) => {
      demand(command, { ...options }, "env");
      const all = command.optsWithGlobals<RollbackOptions>();
      if (options.breakGlass === undefined) {
        const stray = EMERGENCY.find((name) => options[name] !== undefined);
        const flag = command.options.find((option) => option.attributeName() === stray)?.long;
        if (stray !== undefined) command.error(`error: option '${flag}' goes with --break-glass only`);
        const { runRollback } = await import("./run-rollback.ts");
        return runRollback(all);
      }
      if (options.breakGlass === true) demand(command, { ...options }, "reason");
      const { runEmergencyRollback } = await import("./run-emergency-rollback.ts");
      return runEmergencyRollback(all);
    });
}

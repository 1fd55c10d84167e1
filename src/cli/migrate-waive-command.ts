import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface MigrateWaiveOptions extends CommonOptions {
  readonly rule: string;
  readonly at: string;
  readonly reason: string;
  readonly expires: string;
  readonly restorePlan?: string;
  readonly person?: string;
}

export function registerMigrateWaive(migrate: Command): void {
  verb(migrate, "waive", "sign a waiver that lets one rule pass in one file until a day; the owner is you")
    .option("--rule <code>", "code of the problem that is let through")
    .option("--at <file>", "the migration's file, without folder and line")
    .option("--reason <sentence>", "why it is right all the same")
    .option("--expires <day>", "last day on which it holds, like 2027-01-31")
    .option("--restore-plan <sentence>", "how to get back without a down; a missing down demands it")
    .option("--person <name>", "whose key signs, as the config names them (default: the only one here)")
    .action(async (options: MigrateWaiveOptions, command: Command) => {
      demand(command, { ...options }, "rule", "at", "reason", "expires");
      const { runMigrateWaive } = await import("./run-migrate-waive.ts");
      await runMigrateWaive(command.optsWithGlobals<MigrateWaiveOptions>());
    });
}

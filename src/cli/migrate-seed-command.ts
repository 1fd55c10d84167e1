import type { Command } from "commander";
import type { MigrateOptions } from "./migrate-command.ts";
import { demand, verb } from "./verb.ts";

export interface MigrateSeedOptions extends MigrateOptions {
  readonly set?: readonly string[];
  readonly dryRun?: boolean;
}

/** `migrate seed`. */
export function registerMigrateSeed(migrate: Command): void {
  verb(
    migrate,
    "seed",
    "bring in the rows that an environment gets; a second run writes none, which is measured",
  )
    .option("--env <name>", "the environment, as the config names it")
    .option(
      "--set <name>",
      "only this set of those that the environment gets; may be given again (default: all of them)",
      oneMore,
    )
    .option("--dry-run", "run and measure everything, say what it would write, and undo it")
    .action(async (options: MigrateSeedOptions, command: Command) => {
      demand(command, { ...options }, "env");
      const { runMigrateSeed } = await import("./run-migrate-seed.ts");
      await runMigrateSeed(command.optsWithGlobals<MigrateSeedOptions>());
    });
}

function oneMore(name: string, names: readonly string[] | undefined): readonly string[] {
  return [...(names ?? []), name];
}

import type { Command } from "commander";
import type { MigrateDownOptions, MigrateUpOptions } from "./migrate-command.ts";
import { demandRehearsal, rehearsing, wholeNumber } from "./migrate-options.ts";
import { demand, verb } from "./verb.ts";

/** The verbs that change a database: an environment's, or one of their own. */
export function registerMigrateChanging(migrate: Command): void {
  rehearsing(
    verb(migrate, "up", "apply the pending migrations of an environment's database, each in a transaction")
      .option("--env <name>", "the environment, as the config names it")
      .option("--rehearsal", OWN)
      .option("--to <id>", "with --rehearsal: the last migration that runs; its number is enough"),
  ).action(async (options: MigrateUpOptions, command: Command) => {
    demandEnvironmentOrOwn(command, options);
    if (options.rehearsal === true) {
      const { runOwnUp } = await import("./run-migrate-walk.ts");
      return runOwnUp(command.optsWithGlobals<MigrateUpOptions>());
    }
    const { runMigrateUp } = await import("./run-migrate-up.ts");
    await runMigrateUp(command.optsWithGlobals<MigrateUpOptions>());
  });

  rehearsing(
    verb(
      migrate,
      "down",
      "undo migrations of an environment's database by their down files, the newest first",
    )
      .option("--env <name>", "the environment, as the config names it")
      .option("--rehearsal", OWN)
      .option(
        "--to <id>",
        'the migration that stays; its number is enough, and the word "nothing" undoes all',
      )
      .option("--count <number>", "how many to undo", wholeNumber),
  ).action(async (options: MigrateDownOptions, command: Command) => {
    demandEnvironmentOrOwn(command, { ...options, to: undefined });
    if ((options.to === undefined) === (options.count === undefined)) {
      command.error("error: say how far down, with --to <id> or with --count <number>");
    }
    if (options.rehearsal === true) {
      const { runOwnDown } = await import("./run-migrate-walk.ts");
      return runOwnDown(command.optsWithGlobals<MigrateDownOptions>());
    }
    const { runMigrateDown } = await import("./run-migrate-down.ts");
    await runMigrateDown(command.optsWithGlobals<MigrateDownOptions>());
  });

  rehearsing(
    verb(
      migrate,
      "round-trip",
      "take all migrations up, down and up again as a whole in a database of their own",
    ),
  )
    .option("--to <id>", "the last migration that runs; its number is enough")
    .action(async (_options: MigrateUpOptions, command: Command) => {
      const { runMigrateRoundTrip } = await import("./run-migrate-walk.ts");
      await runMigrateRoundTrip(command.optsWithGlobals<MigrateUpOptions>());
    });
}

const OWN = "instead: a database of its own, in which they go up from nothing; it is dropped afterwards";

function demandEnvironmentOrOwn(
  command: Command,
  options: Omit<MigrateUpOptions, "to"> & { readonly to?: string | undefined },
): void {
  if (options.rehearsal !== true) demand(command, { ...options }, "env");
  if (options.rehearsal === true && options.env !== undefined) {
    command.error("error: give --env <name> or --rehearsal, not both");
  }
  demandRehearsal(command, options);
}

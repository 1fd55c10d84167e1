import { InvalidArgumentError, type Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface MigrateOptions extends CommonOptions {
  readonly env: string;
}

export interface MigrateDownOptions extends MigrateOptions {
  readonly to?: string;
  readonly count?: number;
}

/** Of the verbs that look at a database: an environment's, or any one by its URL. */
export interface MigrateLookOptions extends CommonOptions {
  readonly env?: string;
  readonly urlEnv?: string;
}

export interface MigratePlanOptions extends MigrateRehearseOptions {
  readonly render?: boolean;
  readonly rehearsal?: boolean;
}

export interface MigrateRehearseOptions extends MigrateLookOptions {
  readonly write?: boolean;
  readonly serverEnv?: string;
  readonly major?: number;
}

export interface MigrateStatisticsOptions extends MigrateLookOptions {
  readonly write?: boolean;
}

export interface MigrateCheckOptions extends MigrateLookOptions {
  readonly thorough?: boolean;
}

export interface MigrateLintOptions extends MigrateLookOptions {
  readonly major?: number;
}

export function registerMigrate(program: Command): void {
  const migrate = program.command("migrate").description("the migrations of the app's database");
  registerChanging(migrate);
  registerLooking(migrate);
}

function registerChanging(migrate: Command): void {
  verb(migrate, "up", "apply the pending migrations of an environment's database, each in a transaction")
    .requiredOption("--env <name>", "the environment, as the config names it")
    .action(async (_options: MigrateOptions, command: Command) => {
      const { runMigrateUp } = await import("./run-migrate-up.ts");
      await runMigrateUp(command.optsWithGlobals<MigrateOptions>());
    });

  verb(migrate, "down", "undo migrations of an environment's database by their down files, the newest first")
    .option("--env <name>", "the environment, as the config names it")
    .option("--to <id>", "the migration that stays; its number is enough, and nothing undoes all of them")
    .option("--count <number>", "how many to undo", wholeNumber)
    .action(async (options: MigrateDownOptions, command: Command) => {
      demand(command, { ...options }, "env");
      if ((options.to === undefined) === (options.count === undefined)) {
        command.error("error: say how far down, with --to <id> or with --count <number>");
      }
      const { runMigrateDown } = await import("./run-migrate-down.ts");
      await runMigrateDown(command.optsWithGlobals<MigrateDownOptions>());
    });
}

function registerLooking(migrate: Command): void {
  look(migrate, "status", "what ran in a database and what has not").action(
    async (options: MigrateLookOptions, command: Command) => {
      demandDatabase(command, options);
      const { runMigrateStatus } = await import("./run-migrate-status.ts");
      await runMigrateStatus(command.optsWithGlobals<MigrateLookOptions>());
    },
  );

  rehearsing(
    look(
      migrate,
      "plan",
      "the SQL that would run; by itself it reads the database and changes nothing there",
    ),
  )
    .option("--render", "only turn the files into SQL, without any database")
    .option("--rehearsal", "run it in a database of its own, which is dropped afterwards")
    .action(async (options: MigratePlanOptions, command: Command) => {
      if (options.render !== true && options.rehearsal !== true) demandDatabase(command, options);
      const { runMigratePlan } = await import("./run-migrate-plan.ts");
      await runMigratePlan(command.optsWithGlobals<MigratePlanOptions>());
    });

  rehearsing(
    look(
      migrate,
      "rehearse",
      "take pending migrations up, down and up again in a database of their own; without a database all are pending",
    ),
  )
    .option("--write", "keep the proofs in rehearsals.json beside the migrations")
    .action(async (_options: MigrateRehearseOptions, command: Command) => {
      const { runMigrateRehearse } = await import("./run-migrate-rehearse.ts");
      await runMigrateRehearse(command.optsWithGlobals<MigrateRehearseOptions>());
    });

  look(migrate, "lint", "look for what is unsafe in the migrations, or with a database in its pending ones")
    .option("--major <number>", "major version of the server they are for", wholeNumber)
    .action(async (_options: MigrateLintOptions, command: Command) => {
      const { runMigrateLint } = await import("./run-migrate-lint.ts");
      await runMigrateLint(command.optsWithGlobals<MigrateLintOptions>());
    });

  look(migrate, "statistics", "how large the tables are, by which lint weighs what it finds")
    .option("--write", "keep them in statistics.json beside the migrations")
    .action(async (options: MigrateStatisticsOptions, command: Command) => {
      demandDatabase(command, options);
      const { runMigrateStatistics } = await import("./run-migrate-statistics.ts");
      await runMigrateStatistics(command.optsWithGlobals<MigrateStatisticsOptions>());
    });

  look(
    migrate,
    "check",
    "look for what migrations should not leave behind, and ask the app's own checks/*.sql",
  )
    .option("--thorough", "compare every foreign key row by row, also those that are validated")
    .action(async (options: MigrateCheckOptions, command: Command) => {
      demandDatabase(command, options);
      const { runMigrateCheck } = await import("./run-migrate-check.ts");
      await runMigrateCheck(command.optsWithGlobals<MigrateCheckOptions>());
    });

  look(
    migrate,
    "expect",
    "compare the schema with what the config says the app relies on; what is missing is exit 10",
  ).action(async (options: MigrateLookOptions, command: Command) => {
    demandDatabase(command, options);
    const { runMigrateExpect } = await import("./run-migrate-expect.ts");
    await runMigrateExpect(command.optsWithGlobals<MigrateLookOptions>());
  });

  rehearsing(
    look(
      migrate,
      "rls",
      "probe row-level security; without a database in one of its own, where mistakes are planted as well",
    ),
  ).action(async (options: MigrateRehearseOptions, command: Command) => {
    if (options.env !== undefined && options.urlEnv !== undefined) demandDatabase(command, options);
    const { runMigrateRls } = await import("./run-migrate-rls.ts");
    await runMigrateRls(command.optsWithGlobals<MigrateRehearseOptions>());
  });

  look(migrate, "snapshot", "describe the schema: canonical JSON with --json, else its SHA-256").action(
    async (options: MigrateLookOptions, command: Command) => {
      demandDatabase(command, options);
      const { runMigrateSnapshot } = await import("./run-migrate-snapshot.ts");
      await runMigrateSnapshot(command.optsWithGlobals<MigrateLookOptions>());
    },
  );

  look(
    migrate,
    "drift",
    "compare the schema with what the last migration left; a difference is exit 10",
  ).action(async (options: MigrateLookOptions, command: Command) => {
    demandDatabase(command, options);
    const { runMigrateDrift } = await import("./run-migrate-drift.ts");
    await runMigrateDrift(command.optsWithGlobals<MigrateLookOptions>());
  });
}

function rehearsing(command: Command): Command {
  return command
    .option(
      "--server-env <name>",
      "the variable with the URL of a server to rehearse on (default: one is started)",
    )
    .option("--major <number>", "major version of the server that is started", wholeNumber);
}

function look(migrate: Command, name: string, description: string): Command {
  return verb(migrate, name, description)
    .option("--env <name>", "the environment, as the config names it")
    .option("--url-env <name>", "instead: the variable that holds the URL of a database");
}

function demandDatabase(command: Command, { env, urlEnv }: MigrateLookOptions): void {
  if ((env === undefined) === (urlEnv === undefined)) {
    command.error("error: say which database, with --env <name> or with --url-env <name>");
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number.");
}

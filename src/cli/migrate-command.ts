import type { Command } from "commander";
import { registerMigrateChanging } from "./migrate-changing-command.ts";
import { demandDatabase, look, rehearsing, wholeNumber } from "./migrate-options.ts";
import { registerMigrateOwn } from "./migrate-own-command.ts";
import { registerMigrateSeed } from "./migrate-seed-command.ts";
import { registerMigrateWaive } from "./migrate-waive-command.ts";
import { registerMigrateWorker } from "./migrate-worker-command.ts";
import type { CommonOptions } from "./verb.ts";

export interface MigrateOptions extends CommonOptions {
  readonly env: string;
}

/** Of the verbs that change an environment's database, or one of their own. */
export interface MigrateUpOptions extends MigrateOptions {
  readonly rehearsal?: boolean;
  readonly to?: string;
  readonly serverEnv?: string;
  readonly major?: number;
}

export interface MigrateDownOptions extends MigrateUpOptions {
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

/** Of the verbs that look at what the migrations make of an empty database as well. */
export interface MigrateOwnOptions extends MigrateLookOptions {
  readonly rehearsal?: boolean;
  readonly to?: string;
  readonly serverEnv?: string;
  readonly major?: number;
}

export interface MigrateDriftOptions extends MigrateOwnOptions {
  readonly against?: string;
}

export interface MigrateStatisticsOptions extends MigrateLookOptions {
  readonly write?: boolean;
}

export interface MigrateCheckOptions extends MigrateOwnOptions {
  readonly thorough?: boolean;
}

export interface MigrateLintOptions extends MigrateLookOptions {
  readonly major?: number;
}

export function registerMigrate(program: Command): void {
  const migrate = program.command("migrate").description("the migrations of the app's database");
  registerMigrateChanging(migrate);
  registerMigrateSeed(migrate);
  registerLooking(migrate);
  registerMigrateOwn(migrate);
  registerMigrateWaive(migrate);
  registerMigrateWorker(migrate);
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
}

import type { Command } from "commander";
import type { MigrateCheckOptions, MigrateDriftOptions, MigrateOwnOptions } from "./migrate-command.ts";
import { demandAnyDatabase, lookOwn } from "./migrate-options.ts";
import { demand } from "./verb.ts";

/** The verbs that look at a database, or at what the migrations make of an empty one. */
export function registerMigrateOwn(migrate: Command): void {
  lookOwn(
    migrate,
    "check",
    "look for what migrations should not leave behind, and ask the app's own checks/*.sql",
  )
    .option("--thorough", "compare every foreign key row by row, also those that are validated")
    .action(async (options: MigrateCheckOptions, command: Command) => {
      demandAnyDatabase(command, options);
      const { runMigrateCheck } = await import("./run-migrate-check.ts");
      await runMigrateCheck(command.optsWithGlobals<MigrateCheckOptions>());
    });

  lookOwn(
    migrate,
    "expect",
    "compare the schema with what the config says the app relies on; what is missing is exit 10",
  ).action(async (options: MigrateOwnOptions, command: Command) => {
    demandAnyDatabase(command, options);
    const { runMigrateExpect } = await import("./run-migrate-expect.ts");
    await runMigrateExpect(command.optsWithGlobals<MigrateOwnOptions>());
  });

  lookOwn(migrate, "snapshot", "describe the schema: canonical JSON with --json, else its SHA-256").action(
    async (options: MigrateOwnOptions, command: Command) => {
      demandAnyDatabase(command, options);
      const { runMigrateSnapshot } = await import("./run-migrate-snapshot.ts");
      await runMigrateSnapshot(command.optsWithGlobals<MigrateOwnOptions>());
    },
  );

  lookOwn(migrate, "drift", "compare the schema with what the last migration left; a difference is exit 10")
    .option("--against <file>", "compare it with this snapshot instead, of whatever database")
    .action(async (options: MigrateDriftOptions, command: Command) => {
      demandAnyDatabase(command, options);
      if (options.rehearsal === true) demand(command, { ...options }, "against");
      const { runMigrateDrift } = await import("./run-migrate-drift.ts");
      await runMigrateDrift(command.optsWithGlobals<MigrateDriftOptions>());
    });
}

import type { Command } from "commander";
import { verb, type CommonOptions } from "./verb.ts";

export interface MigrateOptions extends CommonOptions {
  readonly env: string;
}

export function registerMigrate(program: Command): void {
  const migrate = program.command("migrate").description("the migrations of the app's database");
  verb(migrate, "up", "apply the pending migrations of an environment's database, each in a transaction")
    .requiredOption("--env <name>", "the environment, as the config names it")
    .action(async (_options: MigrateOptions, command: Command) => {
      const { runMigrateUp } = await import("./run-migrate-up.ts");
      await runMigrateUp(command.optsWithGlobals<MigrateOptions>());
    });
}

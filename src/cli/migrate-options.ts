import { InvalidArgumentError, type Command } from "commander";
import type { MigrateLookOptions, MigrateOwnOptions } from "./migrate-command.ts";
import { verb } from "./verb.ts";

/** A verb that looks at a database. */
export function look(migrate: Command, name: string, description: string): Command {
  return verb(migrate, name, description)
    .option("--env <name>", "the environment, as the config names it")
    .option("--url-env <name>", "instead: the variable that holds the URL of a database");
}

/** What a verb that has a server of its own is told about it. */
export function rehearsing(command: Command): Command {
  return command
    .option(
      "--server-env <name>",
      "the variable with the URL of a server to rehearse on (default: one is started)",
    )
    .option("--major <number>", "major version of the server that is started", wholeNumber);
}

/** A verb that can look at what the migrations make of an empty database as well. */
export function lookOwn(migrate: Command, name: string, description: string): Command {
  return rehearsing(
    look(migrate, name, description)
      .option(
        "--rehearsal",
        "instead: a database of its own, in which the migrations go up first; it is dropped afterwards",
      )
      .option("--to <id>", "with --rehearsal: the last migration that runs; its number is enough"),
  );
}

/** Ends the call unless it names one database. */
export function demandDatabase(command: Command, { env, urlEnv }: MigrateLookOptions): void {
  if ((env === undefined) === (urlEnv === undefined)) {
    command.error("error: say which database, with --env <name> or with --url-env <name>");
  }
}

/** The same for a verb that may have one of its own. */
export function demandAnyDatabase(command: Command, options: MigrateOwnOptions): void {
  const named = [options.env, options.urlEnv, options.rehearsal].filter((one) => one !== undefined);
  if (named.length !== 1) {
    command.error("error: say which database, with --env <name>, with --url-env <name> or with --rehearsal");
  }
  demandRehearsal(command, options);
}

type OwnChoice = Pick<MigrateOwnOptions, "rehearsal" | "serverEnv" | "major"> & {
  readonly to?: string | undefined;
};

/** Ends the call when it says something about a database of its own and has none. */
export function demandRehearsal(command: Command, { rehearsal, to, serverEnv, major }: OwnChoice): void {
  const stray = { "--to": to, "--server-env": serverEnv, "--major": major };
  const [given] = Object.entries(stray).filter(([, value]) => value !== undefined);
  if (rehearsal !== true && given !== undefined) {
    command.error(`error: ${given[0]} is about a database of its own: add --rehearsal`);
  }
}

/** Reads a whole number. */
export function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is not a whole number.");
}

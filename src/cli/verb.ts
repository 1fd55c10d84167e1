import type { Command } from "commander";

/** The options that every verb about an app has, as commander hands them over. */
export interface CommonOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** Declares a verb with `--project` and `--json`. */
export function verb(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--project <dir>", "the app's folder (default: this one)")
    .option("--json", "print one JSON document on stdout");
}

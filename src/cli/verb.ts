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

/**
 * Ends the call when an option that the verb needs is missing. Commander's own check comes before the one for unknown
 * options, and would answer `--evn=local` with "--env is missing" instead of "did you mean --env?".
 */
export function demand(
  command: Command,
  options: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): void {
  for (const name of names) {
    if (options[name] !== undefined) continue;
    const flags = command.options.find((option) => option.attributeName() === name)?.flags ?? `--${name}`;
    command.error(`error: option '${flags}' is missing`);
  }
}

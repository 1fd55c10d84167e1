import { Option, type Command } from "commander";
import { verb, type CommonOptions } from "./verb.ts";

/** Who proves who somebody is. */
export const PROVIDERS = ["local", "github", "aws"] as const;

export type Provider = (typeof PROVIDERS)[number];

export interface SignerOptions {
  /** Undefined: whatever is at hand. */
  readonly as?: Provider | undefined;
  /** Whose key to use, with `local`. */
  readonly person?: string | undefined;
}

/** The options of every act: who does it. */
export interface ActOptions extends CommonOptions, SignerOptions {}

/** Declares an act: a verb with `--as` and `--person`. */
export function actVerb(program: Command, name: string, description: string): Command {
  return verb(program, name, description)
    .addOption(
      new Option("--as <provider>", "who says who you are (default: what is at hand)").choices(PROVIDERS),
    )
    .option("--person <name>", "with --as=local: whose key, as the config names them");
}

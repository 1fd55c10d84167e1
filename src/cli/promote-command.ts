import { InvalidArgumentError, type Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface PromoteOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly through?: readonly string[];
  readonly release?: string;
  readonly breakGlass?: string;
}

export function registerPromote(program: Command): void {
  verb(
    program,
    "promote",
    "bring the very release that is good in one environment to the next; nothing is built",
  )
    .option("--from <name>", "the environment whose last known good release is taken")
    .option("--to <name>", "the environment that it is brought to")
    .option(
      "--through <names>",
      "instead: environments to go through one after the other, comma between",
      names,
    )
    .option("--release <file>", "with --through: the release manifest that `slipway call release` wrote")
    .option(
      "--break-glass <reason>",
      "with --to: skip windows, rate limit and approvals; a second person must answer for it",
    )
    .action(async (options: PromoteOptions, command: Command) => {
      if (options.through === undefined) demand(command, { ...options }, "from", "to");
      else demand(command, { ...options }, "release");
      if (options.through !== undefined && (options.from ?? options.to) !== undefined) {
        command.error("error: give either --from and --to, or --through");
      }
      const { runPromote, runPromoteThrough } = await import("./run-promote.ts");
      const all = command.optsWithGlobals<PromoteOptions>();
      await (options.through === undefined ? runPromote(all) : runPromoteThrough(all));
    });
}

function names(text: string): string[] {
  const list = text.split(",").map((name) => name.trim());
  if (list.some((name) => name === ""))
    throw new InvalidArgumentError("it should be names with commas between.");
  if (new Set(list).size < list.length) throw new InvalidArgumentError("it names an environment twice.");
  return list;
}

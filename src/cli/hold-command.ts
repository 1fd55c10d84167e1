import { InvalidArgumentError, type Command } from "commander";
import { actVerb, type ActOptions } from "./act-options.ts";
import { demand } from "./verb.ts";

export interface HoldOptions extends ActOptions {
  readonly env: string;
  readonly reason: string;
}

export interface ReleaseHoldOptions extends HoldOptions {
  readonly hold: string;
}

export interface UnlockOptions extends HoldOptions {
  readonly lease: number;
}

export function registerHold(program: Command): void {
  actVerb(program, "hold", "stop the line: no deployment to an environment until the hold is released")
    .option("--env <name>", "the environment, as the config names it")
    .option("--reason <sentence>", "why; it goes on record")
    .action(async (options: HoldOptions, command: Command) => {
      demand(command, { ...options }, "env", "reason");
      const { runHold } = await import("./run-hold.ts");
      await runHold(command.optsWithGlobals<HoldOptions>());
    });

  actVerb(program, "release-hold", "let the line run again")
    .option("--env <name>", "the environment, as the config names it")
    .option("--hold <id>", "the hold, as `hold` or `status` printed it")
    .option("--reason <sentence>", "why; it goes on record")
    .action(async (options: ReleaseHoldOptions, command: Command) => {
      demand(command, { ...options }, "env", "hold", "reason");
      const { runReleaseHold } = await import("./run-hold.ts");
      await runReleaseHold(command.optsWithGlobals<ReleaseHoldOptions>());
    });

  actVerb(program, "unlock", "free an environment from whoever holds it, alive or not")
    .option("--env <name>", "the environment, as the config names it")
    .option("--lease <fence>", "the very lease to free, as `status` shows it", fence)
    .option("--reason <sentence>", "why; it goes on record")
    .action(async (options: UnlockOptions, command: Command) => {
      demand(command, { ...options }, "env", "lease", "reason");
      const { runUnlock } = await import("./run-hold.ts");
      await runUnlock(command.optsWithGlobals<UnlockOptions>());
    });
}

function fence(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("it should be a whole number from 1 on.");
  return Number(text);
}

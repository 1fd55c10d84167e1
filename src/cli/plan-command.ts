import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface PlanOptions extends CommonOptions {
  readonly env: string;
  readonly release: string;
  readonly out?: string;
  readonly breakGlass?: string;
}

export function registerPlan(program: Command): void {
  verb(program, "plan", "what a deployment would do, and what keeps it from going; changes nothing")
    .option("--env <name>", "the environment, as the config names it")
    .option("--release <file>", "the release manifest that `slipway call release` wrote")
    .option("--out <file>", "save the plan, to be approved and given to `slipway deploy --plan`")
    .option("--break-glass <reason>", "as if windows, rate limit and approvals were to be skipped")
    .action(async (options: PlanOptions, command: Command) => {
      demand(command, { ...options }, "env", "release");
      const { runPlan } = await import("./run-plan.ts");
      await runPlan(command.optsWithGlobals<PlanOptions>());
    });
}

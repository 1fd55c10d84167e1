import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface ResumeOptions extends CommonOptions {
  readonly env: string;
}

export function registerResume(program: Command): void {
  verb(program, "resume", "end what was killed or interrupted: on to the new release, or back to the old one")
    .option("--env <name>", "the environment, as the config names it")
    .action(async (options: ResumeOptions, command: Command) => {
      demand(command, { ...options }, "env");
      const { runResume } = await import("./run-resume.ts");
      await runResume(command.optsWithGlobals<ResumeOptions>());
    });
}

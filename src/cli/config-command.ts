import type { Command } from "commander";
import { verb, type CommonOptions } from "./verb.ts";

export function registerConfig(program: Command): void {
  verb(program, "config", "check the app's config and print it complete, defaults filled in").action(
    async (_options: CommonOptions, command: Command) => {
      const { printConfig } = await import("./print-config.ts");
      await printConfig(command.optsWithGlobals<CommonOptions>());
    },
  );
}

import type { Command } from "commander";
import { demand, verb, type CommonOptions } from "./verb.ts";

export interface KeysOptions extends CommonOptions {
  readonly person: string;
}

export function registerKeys(program: Command): void {
  const keys = program.command("keys").description("keys that people sign with on the practice cloud");
  verb(keys, "create", "make a person's key on this machine and print its identity for the config")
    .option("--person <name>", "whose, as the config names them")
    .action(async (options: KeysOptions, command: Command) => {
      demand(command, { ...options }, "person");
      const { runKeysCreate } = await import("./run-keys.ts");
      await runKeysCreate(command.optsWithGlobals<KeysOptions>());
    });
}

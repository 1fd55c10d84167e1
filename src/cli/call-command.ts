import type { Command } from "commander";

/** `call` hands all words after it to the pipeline; what they may be, the module itself says. */
export function registerCall(program: Command): void {
  program
    .command("call")
    .description("call a function of the pipeline: check, image, release, … (call --help lists them)")
    .argument("[words...]")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const { callFunction } = await import("./call/call-function.ts");
      const { composeCall } = await import("./compose-call.ts");
      const { project } = command.optsWithGlobals<{ project?: string }>();
      process.exitCode = await callFunction(words, project, composeCall(process));
    });
}

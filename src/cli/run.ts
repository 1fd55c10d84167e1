import { CommanderError } from "commander";
import { EXIT_CODES } from "../core/errors.ts";
import { renderError } from "./render-error.ts";
import { buildProgram } from "./program.ts";

/** Runs one call of the CLI and answers its exit code. Everything thrown ends here. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram(argv).parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? EXIT_CODES.done.code);
  } catch (error) {
    // Commander has printed its sentence or its help already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage.code;
    return renderError(error, { json: argv.includes("--json") });
  }
}

import type { Command } from "commander";
import { exitCodeTable } from "./exit-code-table.ts";

/** `help`, `help <verb>` and `help exit-codes`. */
export function registerHelp(program: Command): void {
  program.helpCommand(false);
  program
    .command("help")
    .argument("[word]", "a verb, or `exit-codes`")
    .description("print help about a verb, or the table of exit codes")
    .action((word: string | undefined) => {
      if (word === "exit-codes") {
        process.stdout.write(`${exitCodeTable()}\n`);
        return;
      }

      const named = program.commands.find((command) => command.name() === word);
      if (word !== undefined && named === undefined) {
        program.error(`error: no help about '${word}'; there is help about each verb and about exit-codes`);
      }
      (named ?? program).outputHelp();
    });
  program.addHelpText("after", "\nExit codes: slipway help exit-codes");
}

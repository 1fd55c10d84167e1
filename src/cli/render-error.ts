import { EXIT_CODES, SlipwayError, type Problem } from "../core/errors.ts";
import { problemText } from "../core/problem-text.ts";
import { printErr, printOut } from "./out.ts";

/** Prints what was thrown, on stderr, and with `json` as the one document on stdout. Answers the exit code. */
export function renderError(error: unknown, options: { readonly json: boolean }): number {
  const known = error instanceof SlipwayError;
  const exit = EXIT_CODES[known ? error.exit : "bug"];
  const problems = known ? error.problems : [bug(error)];

  const detail = !known && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  printErr(`slipway: ${exit.says}\n${problems.map(problemText).join("\n")}${detail}`);
  if (options.json) {
    printOut(JSON.stringify({ outcome: "failed", problems, exitCode: exit.code }, null, 2), "json");
  }
  return exit.code;
}

function bug(error: unknown): Problem {
  return {
    code: "BUG",
    at: "",
    says: error instanceof Error ? error.message : String(error),
    hint: "report it with the lines below; what was under way is in the ledger",
  };
}

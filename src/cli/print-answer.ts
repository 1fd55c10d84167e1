import type { Problem } from "../core/errors.ts";
import { composeReporter } from "./compose.ts";
import type { CommonOptions } from "./verb.ts";
import { printOut } from "./out.ts";

/** Tells the problems on stderr, prints the answer on stdout, and sets the exit code. */
export async function printAnswer<
  R extends { readonly problems: readonly Problem[]; readonly exitCode: number },
>(report: R, describe: (report: R) => string, options: CommonOptions): Promise<void> {
  const reporter = await composeReporter();
  for (const problem of report.problems) reporter.problem(problem);
  await reporter.end();
  if (options.json === true) printOut(JSON.stringify(report, null, 2), "json");
  else printOut(describe(report), "text");
  process.exitCode = report.exitCode;
}

import type { Problem } from "../core/errors.ts";
import { printable, printableLines } from "../core/printable.ts";
import { scrub } from "../core/scrub.ts";
import type { Reporter } from "../ports/reporter.ts";

// Where text leaves the process. What a stranger chose may not command the terminal, nor a secret be echoed.

/** Prints the answer on stdout. A JSON document is printed as it is, but for the secrets. */
export function printOut(text: string, form: "json" | "text"): void {
  const scrubbed = scrub(text);
  process.stdout.write(`${form === "json" ? scrubbed : printableLines(scrubbed)}\n`);
}

/** Prints lines of the story on stderr. */
export function printErr(text: string): void {
  process.stderr.write(`${printableLines(scrub(text))}\n`);
}

/** A sentence about the call, in which the words of the call itself may not begin lines of their own. */
export function fitCall(text: string, argv: readonly string[]): string {
  const words = argv.flatMap((word) => [word, ...word.split("=")]).filter((word) => printable(word) !== word);
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return printableLines(
    scrub(longestFirst.reduce((rest, word) => rest.replaceAll(word, printable(word)), text)),
  );
}

/** The reporter with everything that it is told made fit to be shown. */
export function shownBy(reporter: Reporter): Reporter {
  const fit = (text: string): string => printable(scrub(text));
  return {
    stepBegan: (step, says) => reporter.stepBegan(step, fit(says)),
    note: (says) => reporter.note(fit(says)),
    stepEnded: (step, outcome, says, milliseconds) =>
      reporter.stepEnded(step, outcome, fit(says), milliseconds),
    problem: (problem) => reporter.problem(fitProblem(problem, fit)),
    end: () => reporter.end(),
  };
}

function fitProblem({ code, at, says, hint }: Problem, fit: (text: string) => string): Problem {
  return { code, at: fit(at), says: fit(says), hint: fit(hint) };
}

import { duration } from "../../core/time.ts";
import { problemText } from "../../core/problem-text.ts";
import type { Reporter } from "../../ports/reporter.ts";

const MARKS = { done: "✓", skipped: "–", failed: "✗", interrupted: "!" } as const;

/** The story as one line an event: for logs, pipes and CI. */
export function lineReporter(write: (line: string) => void): Reporter {
  return {
    stepBegan: (step, says) => write(`  ${step}: ${says}`),
    note: (says) => write(`    ${says}`),
    stepEnded: (step, outcome, says, milliseconds) =>
      write(`${MARKS[outcome]} ${step}: ${says} (${duration(milliseconds)})`),
    problem: (problem) => write(problemText(problem)),
    end: () => Promise.resolve(),
  };
}

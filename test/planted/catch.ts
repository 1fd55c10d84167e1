import { problemText } from "../../src/core/problem-text.ts";
import { masked } from "./masked.ts";
import type { Planted } from "./planted.ts";
import type { Theatre } from "./theatre.ts";

/** How a mistake was caught. */
export interface Caught {
  readonly exit: number;
  readonly codes: readonly string[];
  /** What was said on stderr, without what is different each time. */
  readonly lines: readonly string[];
}

/** Plants a mistake, runs the command that has to catch it, and answers how it was caught. */
export async function catchMistake(planted: Planted, theatre: Theatre): Promise<Caught> {
  const stage = await theatre.stage(planted);
  try {
    const meanwhile = planted.meanwhile?.(stage);
    const { exit, problems, stderr } = await (planted.alone === true || planted.signal !== undefined
      ? stage.callAlone(planted.argv, planted.signal)
      : stage.call(planted.argv));
    await meanwhile;
    const story = stderr.split("\n").filter((line) => planted.story?.test(line) === true);
    const sentences = problems.flatMap((problem) => problemText(problem).split("\n"));
    // What is told to a program is told to people too.
    const untold = sentences.filter((line) => !stderr.includes(line.trim()));
    if (untold.length > 0) throw new Error(`${planted.mistake}: not on stderr: ${untold.join("\n")}`);
    const lines = [...story, ...sentences].map((line) => masked(line, stage.folder));
    // A story may tell the same more than once, and how often is chance.
    const once = lines.filter((line, index) => index >= story.length || lines.indexOf(line) === index);
    return { exit, codes: problems.map(({ code }) => code), lines: once };
  } catch (error) {
    return { exit: Number.NaN, codes: [], lines: [String(error)] };
  } finally {
    await stage.close();
  }
}

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { querySubject } from "../../core/data-check/data-defects.ts";
import type { Answered, DataFacts, Invariant } from "../../core/data-check/types.ts";
import { SlipwayError } from "../../core/errors.ts";
import { codeOf } from "./connect-problem.ts";
import type { DataAnswer, DataQuestions } from "./data-questions.ts";

const INVARIANT = ".invariant.sql";
// The names under which a query tells a count: what it says is shown, all other values are not.
const COUNT = /(^|_)count$/;

/** Asks the app's own queries: those that must answer nothing, and `*.invariant.sql`, whose one row must stay as it is. */
export async function checkQueries(
  questions: DataQuestions,
  folder: string,
): Promise<Pick<DataFacts, "assertions" | "invariants" | "unchecked">> {
  const assertions: DataFacts["assertions"][number][] = [];
  const invariants: Invariant[] = [];
  const unchecked: string[] = [];
  for (const file of await filesOf(folder)) {
    const query = await readFile(join(folder, file), "utf8");
    const isInvariant = file.endsWith(INVARIANT);
    const asked = await (isInvariant ? questions.first(2, query) : questions.count(query));
    if (asked.kind === "unasked" && asked.isHindered)
      unchecked.push(`${querySubject(file)}: ${asked.because}`);
    else if (isInvariant) invariants.push({ file, ...answerOf(asked) });
    else assertions.push({ file, ...foundBy(asked) });
  }
  return { assertions, invariants, unchecked };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".sql") && !name.startsWith(".")).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw new SlipwayError(
      {
        code: "DATA_CHECKS_UNREADABLE",
        at: folder,
        says: `cannot be read: ${codeOf(error) || "unknown fault"}`,
        hint: "make it a folder of .sql files that can be read",
      },
      "usage",
      { cause: error },
    );
  }
}

type Asked = DataAnswer<number | readonly Record<string, string | null>[]>;

function foundBy(asked: Asked): { readonly rows: number; readonly failure?: string } {
  if (asked.kind === "unasked") return { rows: 0, failure: asked.because };
  return { rows: Number(asked.answer) };
}

function answerOf(asked: Asked): Omit<Invariant, "file"> {
  if (asked.kind === "unasked") return { failure: asked.because };
  const [row, ...more] = typeof asked.answer === "number" ? [] : asked.answer;
  if (row === undefined) return { failure: "it answers no row" };
  if (more.length > 0) return { failure: "it answers more than one row" };
  return {
    answer: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, answered(name, value)])),
  };
}

function answered(name: string, value: string | null): Answered {
  const sha256 = createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return value !== null && COUNT.test(name) && /^\d+$/.test(value) ? { sha256, count: value } : { sha256 };
}

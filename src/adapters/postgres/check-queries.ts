import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answered, DataFacts, Invariant } from "../../core/data-check/types.ts";
import { SlipwayError } from "../../core/errors.ts";
import { codeOf } from "./connect-problem.ts";
import type { DataQuestions } from "./data-questions.ts";

const INVARIANT = ".invariant.sql";
// The names under which a query tells a count: what it says is shown, all other values are not.
const COUNT = /(^|_)count$/;

/** Asks the app's own queries: those that must answer nothing, and `*.invariant.sql`, whose one row must stay as it is. */
export async function checkQueries(
  questions: DataQuestions,
  folder: string,
): Promise<Pick<DataFacts, "assertions" | "invariants">> {
  const assertions: DataFacts["assertions"][number][] = [];
  const invariants: Invariant[] = [];
  for (const file of await filesOf(folder)) {
    const query = await readFile(join(folder, file), "utf8");
    if (file.endsWith(INVARIANT)) invariants.push({ file, ...(await answerOf(questions, query)) });
    else {
      const asked = await questions.count(query);
      assertions.push(
        asked.kind === "answered" ? { file, rows: asked.answer } : { file, rows: 0, failure: asked.because },
      );
    }
  }
  return { assertions, invariants };
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

async function answerOf(questions: DataQuestions, query: string): Promise<Omit<Invariant, "file">> {
  const asked = await questions.first(2, query);
  if (asked.kind === "unasked") return { failure: asked.because };
  const [row, ...more] = asked.answer;
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

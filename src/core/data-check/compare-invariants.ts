import type { Problem } from "../errors.ts";
import { querySubject } from "./data-defects.ts";
import { isUnchecked } from "./is-unchecked.ts";
import type { Answered, DataFacts, Invariant } from "./types.ts";

/** Which invariants a run broke. One without an answer before has nothing to be held against, and is told as unchecked. */
export function compareInvariants(
  before: DataFacts,
  after: DataFacts,
): { readonly problems: readonly Problem[]; readonly unchecked: readonly string[] } {
  const problems: Problem[] = [];
  const unchecked: string[] = [];
  for (const { file, answer, failure = "" } of after.invariants) {
    const subject = querySubject(file);
    const old = before.invariants.find((one) => one.file === file);
    if (old?.answer === undefined) {
      const hindered = before.unchecked.find((line) => line.startsWith(`${subject}: `));
      const because = old?.failure ?? hindered?.slice(subject.length + 2);
      unchecked.push(`${subject}: it had no answer before the run: ${because ?? "it is new"}`);
    } else if (answer === undefined) problems.push(notAsked({ file, failure }));
    else {
      const changed = changes(old.answer, answer);
      if (changed.length > 0) problems.push(broken(file, changed));
    }
  }
  for (const { file } of before.invariants) {
    const isThere = after.invariants.some((one) => one.file === file);
    if (!isThere && !isUnchecked(after, querySubject(file)))
      unchecked.push(`${querySubject(file)}: its file is gone`);
  }
  return { problems, unchecked };
}

/** An invariant that cannot be asked at all. */
export function notAsked({ file, failure = "" }: Invariant): Problem {
  return {
    code: "DATA_INVARIANT_NOT_ASKED",
    at: file,
    says: `could not be asked: ${failure}`,
    hint: "write one query that only reads and answers one row, before the migrations and after them",
  };
}

function broken(file: string, changed: readonly string[]): Problem {
  return {
    code: "DATA_INVARIANT_BROKEN",
    at: file,
    says: `has another answer than before the run: ${changed.join(", ")}`,
    hint: "run its query; when users change it too, choose what only a migration could change",
  };
}

function changes(
  before: Readonly<Record<string, Answered>>,
  after: Readonly<Record<string, Answered>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (old?.sha256 === now?.sha256) return [];
    const counted = old?.count !== undefined && now?.count !== undefined;
    return counted ? [`${name} was ${old.count} and is ${now.count}`] : [`${name} differs`];
  });
}

import { sequenceSubject } from "../../core/data-check/data-defects.ts";
import type { DataFacts } from "../../core/data-check/types.ts";
import type { GivingSequence } from "./data-catalog.ts";
import type { DataQuestions } from "./data-questions.ts";

const AT_ONCE = 100;

/** Which sequences will give a value that is there already. */
export async function checkSequences(
  questions: DataQuestions,
  sequences: readonly GivingSequence[],
): Promise<{ readonly behind: DataFacts["behind"]; readonly unchecked: readonly string[] }> {
  const behind: GivingSequence[] = [];
  const unchecked: string[] = [];
  const ask = async (some: readonly GivingSequence[]): Promise<void> => {
    const asked = await questions.ask(some.map(isBehind).join(" union all "));
    const [first] = some;
    if (asked.kind === "answered") {
      behind.push(...some.filter((_one, at) => asked.answer.some((row) => row["at"] === String(at))));
    } else if (some.length > 1) {
      // One that the role may not read spoils the others' answers.
      for (const one of some) await ask([one]);
    } else if (first !== undefined) {
      unchecked.push(`${sequenceSubject(first.sequence)}: ${asked.because}`);
    }
  };
  for (let at = 0; at < sequences.length; at += AT_ONCE) await ask(sequences.slice(at, at + AT_ONCE));
  return {
    behind: behind.map(({ sequence, table, column }) => ({ sequence, column: `${table}.${column}` })),
    unchecked,
  };
}

// The largest first: the sequence only grows meanwhile, so that what others insert now blames nobody.
function isBehind({ sequence, table, column, increment }: GivingSequence, at: number): string {
  return `select ${at} as at from (select max(${column}) as largest from ${table}) m, ${sequence} s
    where m.largest >= s.last_value::numeric + case when s.is_called then ${increment} else 0 end`;
}

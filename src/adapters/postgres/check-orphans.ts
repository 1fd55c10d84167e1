import { keySubject } from "../../core/data-check/data-defects.ts";
import type { Orphans } from "../../core/data-check/types.ts";
import type { ForeignKey } from "./data-catalog.ts";
import type { DataQuestions } from "./data-questions.ts";

export interface FoundOrphans {
  readonly orphans: readonly Orphans[];
  readonly compared: number;
  readonly unchecked: readonly string[];
}

/** Counts the rows whose parent is missing. What is not `PERIOD` is asked as Postgres itself asks when it validates. */
export async function checkOrphans(
  questions: DataQuestions,
  keys: readonly ForeignKey[],
): Promise<FoundOrphans> {
  const orphans: Orphans[] = [];
  const unchecked: string[] = [];
  let compared = 0;
  for (const key of keys) {
    const { table, constraint, parent } = key;
    const what = keySubject(key);
    if (key.isTemporal) {
      unchecked.push(`${what}: it is one of periods`);
      continue;
    }
    const asked = await questions.ask(antiJoin(key));
    if (asked.kind === "unasked") {
      unchecked.push(`${what}: ${asked.because}`);
      continue;
    }
    compared += 1;
    const rows = Number(asked.answer[0]?.["count"]);
    if (rows > 0) orphans.push({ table, constraint, parent, rows });
  }
  return { orphans, compared, unchecked };
}

/** Under MATCH SIMPLE a row with any null needs no parent, under MATCH FULL one with nothing but nulls. */
function antiJoin(key: ForeignKey): string {
  const child = `${key.isChildPartitioned ? "" : "only "}${key.table}`;
  const parent = `${key.isParentPartitioned ? "" : "only "}${key.parent}`;
  const equal = key.pairs.map((pair) => {
    const collation = pair.collation === null ? "" : ` collate ${pair.collation}`;
    return `p.${pair.parent} ${pair.operator} c.${pair.child}${collation}`;
  });
  const given = key.pairs.map((pair) => `c.${pair.child} is not null`);
  return `select count(*) from ${child} c left join ${parent} p on ${equal.join(" and ")}
    where p.${key.pairs[0]?.parent} is null and (${given.join(key.isMatchFull ? " or " : " and ")})`;
}

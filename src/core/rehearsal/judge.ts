import type { Problem } from "../errors.ts";
import type { Migration } from "../migration/types.ts";
import { compareSchemas, describeChanges, isOrderOnly } from "../schema/compare-schemas.ts";
import type { SchemaSnapshot } from "../schema/types.ts";

/** A database at one moment of the rehearsal. */
export interface Moment {
  readonly sha256: string;
  readonly snapshot: SchemaSnapshot;
  /** Table → how many rows, and the sum of their hashes. */
  readonly rows: ReadonlyMap<string, { readonly count: number; readonly sum: string }>;
}

/** What is wrong with a down: the database must be as it was before the up, its rows too. */
export function judgeDown({ down }: Migration, before: Moment, after: Moment): readonly Problem[] {
  return [...schemaProblems(down.file, before, after), ...rowProblems(down.file, before, after)];
}

/** What is wrong with the second up: it must give what the first one gave. */
export function judgeAgain({ up }: Migration, first: Moment, second: Moment): readonly Problem[] {
  if (first.sha256 === second.sha256) return [];
  const changes = compareSchemas(first.snapshot, second.snapshot);
  return [
    {
      code: "REHEARSAL_UP_DIFFERS",
      at: up.file,
      says: `gives another schema when it runs again after its down: ${oneLine(describeChanges(changes))}`,
      hint: "let the down take away all that the up makes",
    },
  ];
}

function schemaProblems(at: string, before: Moment, after: Moment): readonly Problem[] {
  if (before.sha256 === after.sha256) return [];
  const changes = compareSchemas(before.snapshot, after.snapshot);
  if (isOrderOnly(changes)) {
    return [
      {
        code: "REHEARSAL_COLUMN_ORDER",
        at,
        says: `brings columns back in another order: ${changes.map(({ name }) => name).join(", ")}`,
        hint: "nothing can put a column between others; if nobody relies on the order, waive this for the file",
      },
    ];
  }
  return [
    {
      code: "REHEARSAL_DOWN_DIFFERS",
      at,
      says: `does not bring the schema back (+ left over, - not brought back, ~ changed): ${oneLine(describeChanges(changes))}`,
      hint: "mend the down until up and down leave nothing behind",
    },
  ];
}

function rowProblems(at: string, before: Moment, after: Moment): readonly Problem[] {
  return [...before.rows].flatMap(([table, { count, sum }]): Problem[] => {
    const now = after.rows.get(table);
    if (now === undefined || (now.count === count && now.sum === sum)) return [];
    const says =
      now.count === count
        ? `brings ${table} back with other values in its ${count} rows`
        : `brings ${table} back with ${now.count} rows instead of ${count}`;
    return [
      {
        code: "REHEARSAL_ROWS_LOST",
        at,
        says,
        hint: "keep what the up takes away, for example by renaming it, or waive this with a plan for restoring",
      },
    ];
  });
}

function oneLine(text: string): string {
  return text.replaceAll(/\n\s+/g, " ").replaceAll("\n", "; ");
}

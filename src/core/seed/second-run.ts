import type { Problem } from "../errors.ts";
import type { WrittenRows } from "./types.ts";

const SHOWN = 4;

/** What is wrong with a file that writes rows when it runs for the second time. */
export function secondRunProblem(file: string, wrote: readonly WrittenRows[]): Problem {
  const shown = wrote.slice(0, SHOWN).map((rows) => describeWritten(rows));
  const more = wrote.length > SHOWN ? `; and in ${wrote.length - SHOWN} more tables` : "";
  return {
    code: "SEED_NOT_IDEMPOTENT",
    at: file,
    says: `a second run writes again: ${shown.join("; ")}${more}`,
    hint: hintFor(wrote),
  };
}

/** What is wrong with a file that writes into the tables in which Slipway remembers; `undefined` when it does not. */
export function ownTablesProblem(file: string, wrote: readonly WrittenRows[]): Problem | undefined {
  const own = wrote.find(({ table }) => /^slipway_(migrations|ledger)\./.test(table));
  if (own === undefined) return undefined;
  return {
    code: "SEED_WRITES_HISTORY",
    at: file,
    says: `writes into ${own.table}, where Slipway remembers what ran`,
    hint: "take it out; a history that was written by hand proves nothing",
  };
}

/** `public.languages: 3 inserted, 1 updated`. */
export function describeWritten({ table, inserted, updated, deleted }: WrittenRows): string {
  const counts = [
    [inserted, "inserted"],
    [updated, "updated"],
    [deleted, "deleted"],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${table}: ${told.join(", ")}`;
}

// An update is the plainest clue: an upsert without a condition updates, and its triggers may insert elsewhere.
function hintFor(wrote: readonly WrittenRows[]): string {
  if (wrote.some(({ updated }) => updated > 0)) {
    return "update only what differs: … on conflict (id) do update set name = excluded.name where t.name is distinct from excluded.name";
  }
  return "insert only what is not there: … on conflict do nothing, or where not exists (…)";
}

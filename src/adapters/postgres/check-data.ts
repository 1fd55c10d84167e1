import { join } from "node:path";
import type { Client } from "pg";
import type { DataFacts } from "../../core/data-check/types.ts";
import { checkOrphans } from "./check-orphans.ts";
import { checkQueries } from "./check-queries.ts";
import { checkSequences } from "./check-sequences.ts";
import { readDataCatalog } from "./data-catalog.ts";
import { DataQuestions, type QuestionLimits } from "./data-questions.ts";

export interface DataScope extends QuestionLimits {
  /** Of the migrations; the app's own queries are in `checks` beside it. */
  readonly folder: string;
  /** Whether foreign keys that are validated and enforced are compared too: each reads two tables whole. */
  readonly thorough: boolean;
}

/** Looks for what a migration should not leave behind, and asks the app's own queries. Changes nothing. */
export async function checkData(client: Client, scope: DataScope): Promise<DataFacts> {
  const catalog = await readDataCatalog(client, scope.thorough);
  const questions = new DataQuestions(client, scope);
  // What the app wrote comes first: it is short, and must not starve behind tables that are read whole.
  const { assertions, invariants, ...queries } = await checkQueries(
    questions,
    join(scope.folder, "../checks"),
  );
  const sequences = await checkSequences(questions, catalog.sequences);
  const { orphans, compared, unchecked } = await checkOrphans(questions, catalog.foreignKeys);
  return {
    invalidIndexes: catalog.invalidIndexes,
    unvalidated: catalog.unvalidated,
    disabled: catalog.foreignKeys
      .filter(({ isOff }) => isOff)
      .map(({ table, constraint }) => ({ table, constraint })),
    orphans,
    behind: sequences.behind,
    assertions,
    invariants,
    foreignKeys: { compared, trusted: catalog.foreignKeyCount - catalog.foreignKeys.length },
    unchecked: [
      ...catalog.growingIndexes.map((index) => `the index ${index}: it is being built`),
      ...queries.unchecked,
      ...sequences.unchecked,
      ...unchecked,
    ],
  };
}

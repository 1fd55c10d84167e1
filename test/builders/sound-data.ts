import type { DataFacts } from "../../src/core/data-check/types.ts";

/** A database in which nothing is wrong and nothing was asked. */
export const SOUND_DATA: DataFacts = {
  invalidIndexes: [],
  unvalidated: [],
  disabled: [],
  orphans: [],
  behind: [],
  assertions: [],
  invariants: [],
  foreignKeys: { compared: 0, trusted: 0 },
  unchecked: [],
};

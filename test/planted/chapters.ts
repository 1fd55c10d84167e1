import { BACKUPS } from "./mistakes/backups.ts";
import { DATA } from "./mistakes/data.ts";
import { EXPAND_CONTRACT } from "./mistakes/expand-contract.ts";
import { LINT } from "./mistakes/lint.ts";
import { ORDER_AND_INTEGRITY } from "./mistakes/order-and-integrity.ts";
import { ROW_SECURITY } from "./mistakes/row-security.ts";
import { RUNNING } from "./mistakes/running.ts";
import { SCHEMA } from "./mistakes/schema.ts";
import { SEEDS } from "./mistakes/seeds.ts";
import { TRANSACTIONS } from "./mistakes/transactions.ts";
import { WAYS_BACK } from "./mistakes/ways-back.ts";
import type { Chapter } from "./planted.ts";

/** Each promise about the database, with the mistakes that are planted against it. */
export const CHAPTERS: readonly Chapter[] = [
  ORDER_AND_INTEGRITY,
  TRANSACTIONS,
  WAYS_BACK,
  RUNNING,
  BACKUPS,
  SCHEMA,
  LINT,
  EXPAND_CONTRACT,
  ROW_SECURITY,
  DATA,
  SEEDS,
];

import type { Chapter } from "../planted.ts";
import { pair } from "../small-app.ts";

const contract = (id: string, header: string) =>
  pair(
    id,
    `-- slipway: phase=contract${header}\nalter table users drop column name;`,
    "alter table users add column name text;",
  );

/** What running code may still need is taken away only when it is gone. */
export const EXPAND_CONTRACT: Chapter = {
  promise: "Expand and contract",
  mistakes: [
    {
      mistake: "a contract on the day of its expansion",
      argv: ["migrate", "up", "--env=local"],
      exit: 11,
      codes: ["CONTRACT_TOO_EARLY"],
      files: contract("0004_drop_name", ", contracts=0003_mail, after-days=7"),
    },
    {
      mistake: "a contract that does not say what it contracts",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: ["LINT_CONTRACT_WITHOUT_EXPAND"],
      files: contract("0004_drop_name", ""),
    },
    {
      mistake: "a column dropped without saying that it is a contract",
      argv: ["migrate", "lint"],
      exit: 12,
      codes: ["LINT_BAN_DROP_COLUMN"],
      files: pair(
        "0004_drop_name",
        "alter table users drop column name;",
        "alter table users add column name text;",
      ),
    },
  ],
};

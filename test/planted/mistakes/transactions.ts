import type { Chapter } from "../planted.ts";
import { pair } from "../small-app.ts";

const RENDER = ["migrate", "plan", "--render"];
const UP = ["migrate", "up", "--env=local"];
const ALONE = "-- slipway: no-transaction\n";
const drop = (index: string) => `${ALONE}drop index concurrently ${index};`;

/** One migration, one transaction; what cannot be in one stands alone, and is cleaned up when it fails. */
export const TRANSACTIONS: Chapter = {
  promise: "One migration, one transaction",
  mistakes: [
    {
      mistake: "a file that commits in its middle",
      argv: RENDER,
      exit: 11,
      codes: ["MIGRATION_TRANSACTION_VERB"],
      files: {
        "migrations/0003_mail.up.sql": "alter table users add column mail text;\ncommit;\nselect 1;\n",
      },
    },
    {
      mistake: "an index built concurrently inside the transaction",
      argv: RENDER,
      exit: 11,
      codes: ["MIGRATION_NOT_TRANSACTIONAL"],
      files: pair(
        "0004_i",
        "create index concurrently users_name on users (name);",
        "drop index users_name;",
      ),
    },
    {
      mistake: "a second statement beside one that runs outside of transactions",
      argv: RENDER,
      exit: 11,
      codes: ["MIGRATION_NOT_ALONE"],
      files: pair(
        "0004_i",
        `${ALONE}create index concurrently users_name on users (name);\nanalyze users;`,
        drop("users_name"),
      ),
    },
    {
      mistake: "an ordinary statement outside of transactions",
      argv: RENDER,
      exit: 11,
      codes: ["MIGRATION_NEEDS_NO_EXCEPTION"],
      files: pair(
        "0004_age",
        `${ALONE}alter table users add column age int;`,
        "alter table users drop column age;",
      ),
    },
    {
      mistake: "an index built concurrently that has no name",
      argv: UP,
      exit: 20,
      codes: ["MIGRATION_INDEX_UNNAMED"],
      files: pair("0004_i", `${ALONE}create index concurrently on users (name);`, drop("users_name_idx")),
    },
    {
      mistake: "a unique index over rows that are not unique",
      argv: UP,
      exit: 20,
      codes: ["MIGRATION_FAILED"],
      sql: "update users set name = 'the same'",
      files: pair(
        "0004_i",
        `${ALONE}create unique index concurrently users_name on users (name);`,
        drop("users_name"),
      ),
      story: /dropped the invalid index/,
    },
    {
      mistake: "an index of that name is being built by somebody else",
      argv: UP,
      exit: 20,
      codes: ["MIGRATION_INDEX_BEING_BUILT"],
      files: pair(
        "0004_i",
        `${ALONE}create index concurrently if not exists users_name on users (name);`,
        drop("users_name"),
      ),
      prepare: async (stage) => {
        const old = await stage.connect("an old report");
        await old.query("begin; lock table users in row exclusive mode");
        const builder = await stage.connect("somebody");
        void builder.query("create index concurrently users_name on users (name)").catch(() => undefined);
        await stage.until("select from pg_stat_progress_create_index where index_relid <> 0");
      },
    },
    {
      mistake: "another table's index has the name, and IF NOT EXISTS takes it for done",
      argv: UP,
      exit: 20,
      codes: ["MIGRATION_INDEX_INVALID"],
      sql: "create table others (name text); create index users_name on others (name)",
      files: pair(
        "0004_i",
        `${ALONE}create index concurrently if not exists users_name on users (name);`,
        drop("users_name"),
      ),
    },
  ],
};

import type { Chapter, Planted } from "../planted.ts";
import { localDemands } from "../small-app.ts";

const SEED = ["migrate", "seed", "--env=local"];

/** A seed of the set that every environment gets. */
const seed = (mistake: string, sql: string | Buffer, code: string, exit: number): Planted => ({
  mistake,
  argv: SEED,
  exit,
  codes: [code],
  files: { "seeds/reference/0001_users.sql": sql },
});

const READ = 11;
const RAN = 20;

/** Rows that environments get: a second run writes nothing, and production gets nothing that is made up. */
export const SEEDS: Chapter = {
  promise: "Seeds",
  mistakes: [
    seed(
      "a seed that inserts again each time",
      "insert into users select max(id) + 1, 'c' from users;\n",
      "SEED_NOT_IDEMPOTENT",
      RAN,
    ),
    seed(
      "a seed that ends the transaction",
      "insert into users values (3, 'c');\ncommit;\n",
      "SEED_TRANSACTION_VERB",
      READ,
    ),
    seed("a seed that changes the schema", "alter table users add column age int;\n", "SEED_STATEMENT", READ),
    seed("a seed that empties a table first", "truncate users;\n", "SEED_STATEMENT", READ),
    seed(
      "a seed that changes the schema where nobody sees it before",
      "do $$ begin execute 'alter table users add column age int'; end $$;\n",
      "SEED_CHANGES_SCHEMA",
      RAN,
    ),
    seed(
      "a seed that empties a table where nobody sees it before",
      "do $$ begin execute 'truncate users'; end $$;\n",
      "SEED_EMPTIES_TABLE",
      RAN,
    ),
    seed(
      "a seed that writes the history of migrations",
      "delete from slipway_migrations.pgmigrations where name = 'x' or true;\n",
      "SEED_WRITES_HISTORY",
      RAN,
    ),
    seed(
      "a seed with a directive of migrations",
      "-- slipway: expect-rows=1\nselect 1;\n",
      "SEED_DIRECTIVE",
      READ,
    ),
    seed("an empty seed", "-- later\n", "SEED_EMPTY", READ),
    seed("a seed in Latin-1", Buffer.from("select '\xe9';\n", "latin1"), "SEED_NOT_TEXT", READ),
    seed("a seed with a quote that is not closed", "select 'a;\n", "SEED_UNFINISHED", READ),
    seed("a seed of 11 MB", `select '${"x".repeat(11 * 1024 * 1024)}';`, "SEED_TOO_LARGE", READ),
    seed("a seed that Postgres refuses", "insert into users (id) values (3);\n", "SEED_FAILED", RAN),
    seed(
      "a seed that takes longer than its time",
      "set statement_timeout = '300ms';\nselect pg_sleep(60);\n",
      "SEED_TIMEOUT",
      RAN,
    ),
    seed(
      "a seed and the app that wait for each other at each try",
      "do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$;\n",
      "SEED_DEADLOCK",
      RAN,
    ),
    {
      mistake: "a file where the folder of seeds should be",
      argv: SEED,
      exit: 2,
      codes: ["SEEDS_UNREADABLE"],
      files: { seeds: "select 1;\n" },
    },
    {
      mistake: "a seed whose name has no number",
      argv: SEED,
      exit: READ,
      codes: ["SEED_NAME"],
      files: { "seeds/reference/users.sql": "select 1;\n" },
    },
    {
      mistake: "rows that are made up, for production",
      argv: ["migrate", "seed", "--env=production", "--set=demo"],
      exit: 10,
      codes: ["SEED_NOT_FOR_PRODUCTION"],
      files: { "seeds/demo/0001_users.sql": "insert into users values (3, 'c') on conflict do nothing;\n" },
    },
    {
      mistake: "the rows of rehearsals, for an environment",
      argv: [...SEED, "--set=rehearsal"],
      exit: 10,
      codes: ["SEED_SET_OF_REHEARSALS"],
      files: { "seeds/rehearsal/0001_users.sql": "select 1;\n" },
    },
    {
      mistake: "a set that the environment does not get",
      argv: [...SEED, "--set=demo"],
      exit: 2,
      codes: ["SEED_SET_NOT_GIVEN"],
      files: { "seeds/demo/0001_users.sql": "select 1;\n", "seeds/reference/0001_users.sql": "select 1;\n" },
    },
    {
      mistake: "a set that is not there",
      argv: SEED,
      exit: READ,
      codes: ["SEED_SET_MISSING"],
      config: localDemands({ seeds: ["reference"] }),
    },
    {
      mistake: "seeds before the migrations that they need",
      argv: SEED,
      exit: READ,
      codes: ["SEED_BEFORE_MIGRATIONS"],
      database: "empty",
      files: { "seeds/reference/0001_users.sql": "select 1;\n" },
    },
  ],
};

import type { Planted } from "../planted.ts";
import { proofOf } from "../proof-of.ts";
import { LEAVES_A_SEQUENCE, pair } from "../small-app.ts";

const REHEARSE = ["migrate", "rehearse", "--server-env=SERVER"];
const PRODUCTION = ["migrate", "up", "--env=production"];

const rehearsal = { argv: REHEARSE, exit: 12, database: "empty" } as const satisfies Partial<Planted>;
const ROWS = {
  "seeds/rehearsal/0003_rows.sql": "insert into users values (7, 'person-a', 'a@example.org');\n",
};

/** Downs and ups that a rehearsal finds wanting. */
export const REHEARSED: readonly Planted[] = [
  {
    ...rehearsal,
    mistake: "a down that leaves something behind",
    codes: ["REHEARSAL_DOWN_DIFFERS"],
    files: LEAVES_A_SEQUENCE,
  },
  {
    ...rehearsal,
    mistake: "a down that brings a column back without its values",
    codes: ["REHEARSAL_ROWS_LOST"],
    files: {
      ...ROWS,
      ...pair(
        "0004_no_mail",
        "alter table users drop column mail;",
        "alter table users add column mail text;",
      ),
    },
  },
  {
    ...rehearsal,
    mistake: "a down that deletes rows which were there before",
    codes: ["REHEARSAL_ROWS_LOST"],
    files: {
      ...ROWS,
      ...pair("0004_more", "insert into users values (8, 'person-b');", "delete from users where id > 6;"),
    },
  },
  {
    ...rehearsal,
    mistake: "an up that names a table after the time",
    codes: ["REHEARSAL_UP_DIFFERS"],
    files: pair(
      "0004_log",
      "do $$ begin execute format('create table log_%s ()', to_char(clock_timestamp(), 'SSSSSUS')); end $$;",
      "do $$ begin execute (select 'drop table ' || string_agg(relname, ', ') from pg_class where relname ~ '^log_'); end $$;",
    ),
  },
  {
    ...rehearsal,
    mistake: "a down that brings a column back in another place",
    codes: ["REHEARSAL_COLUMN_ORDER"],
    files: {
      ...pair(
        "0004_flag",
        "alter table users add column flag int not null default 1, add column note text;",
        "alter table users drop column flag, drop column note;",
      ),
      ...pair(
        "0005_no_flag",
        "alter table users drop column flag;",
        "alter table users add column flag int not null default 1;",
      ),
    },
  },
  {
    ...rehearsal,
    mistake: "a down that fails",
    codes: ["MIGRATION_FAILED"],
    files: { "migrations/0003_mail.down.sql": "alter table users drop column email;\n" },
  },
  {
    ...rehearsal,
    mistake: "rows for the rehearsal that do not fit",
    codes: ["REHEARSAL_ROWS_FAILED"],
    files: { "seeds/rehearsal/0003_rows.sql": "insert into users (id) values (7);\n" },
  },
  {
    ...rehearsal,
    mistake: "a backfill that row-level security hides all rows from",
    codes: ["MIGRATION_NOT_ALLOWED"],
    files: {
      "seeds/rehearsal/0001_rows.sql":
        "alter table users enable row level security; alter table users force row level security;\n",
      "migrations/0003_mail.up.sql": "update users set name = upper(name) where id > 0;\n",
      "migrations/0003_mail.down.sql": "update users set name = lower(name) where id > 0;\n",
    },
  },
];

const KEPT = {
  id: "0003_mail",
  upSha256: "0".repeat(64),
  downSha256: "0".repeat(64),
  renderedSha256: "0".repeat(64),
  postgres: "18.4",
  schemaBefore: "0".repeat(64),
  schemaAfter: "0".repeat(64),
};
const AGE = pair("0004_age", "alter table users add column age int;", "alter table users drop column age;");
const keeping = (...rehearsals: readonly unknown[]) => ({
  ...AGE,
  "migrations/rehearsals.json": JSON.stringify({ schema: 1, rehearsals }),
});

/** What production does not take without a rehearsal. */
export const DEMANDED_REHEARSALS: readonly Planted[] = [
  {
    mistake: "a migration that nobody rehearsed, in production",
    argv: PRODUCTION,
    exit: 11,
    codes: ["MIGRATION_NOT_REHEARSED"],
    files: AGE,
  },
  {
    mistake: "a migration that was changed after its rehearsal, in production",
    argv: PRODUCTION,
    exit: 11,
    codes: ["MIGRATION_NOT_REHEARSED"],
    files: keeping({ ...KEPT, id: "0004_age" }),
  },
  {
    mistake: "a rehearsal on another major of Postgres, in production",
    argv: PRODUCTION,
    exit: 11,
    codes: ["MIGRATION_REHEARSED_ELSEWHERE"],
    files: AGE,
    prepare: async (stage) => {
      const proof = { ...(await proofOf(stage.folder, "0004_age")), postgres: "9.6" };
      await stage.write(keeping(proof));
    },
  },
  {
    mistake: "a file of proofs that holds something else",
    argv: PRODUCTION,
    exit: 11,
    codes: ["REHEARSALS_INVALID"],
    files: keeping("passed, believe me"),
  },
];

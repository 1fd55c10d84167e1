import { expect, test } from "vitest";
import { lintMigrations } from "../../../src/core/lint/lint-migrations.ts";
import { loadLint } from "../../../src/adapters/postgres/load-lint.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

const TABLE: readonly [string, string] = [
  `create table entries (id int, note text); insert into entries values (1, 'a'), (2, 'b');
   alter table entries enable row level security; alter table entries force row level security;
   create policy own on entries using (id = nullif(current_setting('app.id', true), '')::int)`,
  "drop table entries",
];
const LIFTED = `alter table entries no force row level security; update entries set note = 'x' where id = 1;
  alter table entries force row level security`;

/** What lint says of a statement on a table under FORCE, and what becomes of it when the table's owner runs it. */
test.each<[sql: string, lint: string[], outcome: object]>([
  ["update entries set note = 'x' where id = 1", ["LINT_FORCED_TABLE"], { code: "MIGRATION_NOT_ALLOWED" }],
  ["insert into entries values (3, 'c')", ["LINT_FORCED_TABLE"], { code: "MIGRATION_NOT_ALLOWED" }],
  ["delete from entries where id = 1", ["LINT_FORCED_TABLE"], { code: "MIGRATION_NOT_ALLOWED" }],
  ["create table c as select * from entries", ["LINT_FORCED_TABLE"], { code: "MIGRATION_NOT_ALLOWED" }],
  [
    "do $$ begin update entries set note = 'x' where id = 1; end $$",
    ["LINT_FORCED_TABLE"],
    { code: "MIGRATION_NOT_ALLOWED" },
  ],
  // This one nobody would notice: it runs, and changes nothing.
  ["set local row_security = on; update entries set note = 'x' where id = 1", ["LINT_ROWS_FILTERED"], {}],
  [
    "-- slipway: expect-rows=1..\nset local row_security = on; update entries set note = 'x' where id = 1",
    [],
    { code: "MIGRATION_ROWS" },
  ],
  [LIFTED, ["LINT_ROW_SECURITY_NOT_FORCED"], {}],
])("lint and Postgres agree about %s", async (sql, codes, problem) => {
  const name = new URL(database.url).pathname.slice(1);
  const admin = await database.connect();
  await admin.query(`create role ${name}_owner login password 'o';
    grant create on database ${name} to ${name}_owner; grant create on schema public to ${name}_owner`);
  try {
    const folder = await aMigrationFolder({ "0001_entries": TABLE, "0002_fill": sql });
    const { texts, facts } = await loadLint(folder);
    const found = lintMigrations(texts, () => [], facts).filter(({ at }) =>
      at.startsWith("0002_fill.up.sql"),
    );
    expect(found.map(({ code }) => code)).toEqual(codes);

    const migrations = await someMigrations(database.urlAs(`${name}_owner`, "o"), folder);
    const outcome = await migrations.apply(run);
    expect(outcome.kind === "failed" ? outcome.problem : {}).toMatchObject(problem);
    const { rows } = await admin.query("select note from entries order by id");
    const changed = sql === LIFTED ? "x" : "a";
    expect(rows).toEqual([{ note: changed }, { note: "b" }]);
  } finally {
    await admin.query(`drop owned by ${name}_owner cascade; drop role ${name}_owner`);
  }
});

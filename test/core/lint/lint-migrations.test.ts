import { expect, test } from "vitest";
import { parseSql } from "../../../src/adapters/postgres/parse-sql.ts";
import { sentence } from "../../../src/core/errors.ts";
import { lintMigrations } from "../../../src/core/lint/lint-migrations.ts";
import type { SquawkWarning } from "../../../src/core/lint/squawk-rules.ts";
import type { LintFacts, LintText } from "../../../src/core/lint/types.ts";
import { parseHeader } from "../../../src/core/migration/header.ts";
import type { Migration } from "../../../src/core/migration/types.ts";

const NOTHING: LintFacts = { settings: { tenantColumns: [] }, statistics: undefined };
const HARMLESS = "create table a ()";

const UNDOES = "comment on schema public is 'as before'";

async function textsOf(up: string, down = UNDOES, id = "0001_a"): Promise<readonly LintText[]> {
  const text = (direction: "up" | "down", sql: string) => {
    const file = `${id}.${direction}.sql`;
    return { file, sql, sha256: "", header: parseHeader(file, sql).header };
  };
  const migration: Migration = {
    id,
    number: Number(id.slice(0, 4)),
    up: text("up", up),
    down: text("down", down),
    irreversible: false,
    renderedSha256: "",
  };
  return Promise.all(
    (["up", "down"] as const).map(async (direction) => {
      const parsed = await parseSql(migration[direction].sql);
      if (parsed.kind === "refused") throw new Error(parsed.says);
      return { file: migration[direction].file, direction, migration, statements: parsed.statements };
    }),
  );
}

async function lint(up: string, facts = NOTHING, down?: string, warnings: readonly SquawkWarning[] = []) {
  return lintMigrations(
    await textsOf(up, down),
    ({ direction }) => (direction === "up" ? warnings : []),
    facts,
  );
}

const FORCED = `create table entries (id int, note text);
  alter table entries enable row level security; alter table entries force row level security;
  create policy own on entries using (id = current_setting('app.id')::int)`;

/** Lints what comes after a table was put under FORCE. */
async function lintAfterForce(up: string, down?: string) {
  const texts = [...(await textsOf(FORCED)), ...(await textsOf(up, down, "0002_b"))];
  return lintMigrations(texts, () => [], NOTHING).filter(({ at }) => at.startsWith("0002"));
}

const VISITS = `create table visits (id int, clinic_id int, primary key (clinic_id, id));
alter table visits enable row level security;
alter table visits force row level security;
create policy own on visits using (clinic_id = 1)`;

/** A mistake each, and the code that must catch it. */
const PLANTED: readonly [code: string, up: string, down?: string][] = [
  ["LINT_ROW_SECURITY_OFF", "alter table entries disable row level security"],
  ["LINT_ROW_SECURITY_NOT_FORCED", "alter table entries no force row level security"],
  ["LINT_POLICY_DROPPED", "drop policy own on entries"],
  ["LINT_POLICY_ALWAYS_TRUE", "create policy all_of_them on entries using (true)"],
  ["LINT_POLICY_ALWAYS_TRUE", "create policy any_insert on entries for insert with check (true)"],
  ["LINT_BYPASSES_ROW_SECURITY", "alter role diary_app bypassrls"],
  ["LINT_BYPASSES_ROW_SECURITY", "create role helper superuser"],
  [
    "LINT_DEFINER_WITHOUT_PATH",
    "create function f() returns int language sql security definer as 'select 1'",
  ],
  ["LINT_DEFINER_WITHOUT_PATH", "alter function f() security definer"],
  ["LINT_GRANT_TO_PUBLIC", "grant all on entries to public"],
  ["LINT_OWNER_CHANGED", "alter table entries owner to diary_app"],
  ["LINT_OWNER_CHANGED", "alter function f() owner to diary_app"],
  ["LINT_TRIGGER_DISABLED", "alter table entries disable trigger all"],
  ["LINT_NO_WHERE", "update entries set mood = 3"],
  ["LINT_NO_WHERE", "delete from entries"],
  ["LINT_TRUNCATE", "truncate entries"],
  ["LINT_DROP_CASCADE", "drop schema old cascade"],
  ["LINT_BLOCKS_TABLE", "lock table entries"],
  ["LINT_BLOCKS_TABLE", "refresh materialized view counted"],
  ["LINT_BLOCKS_TABLE", "alter table entries set tablespace fast"],
  ["LINT_DYNAMIC_SQL", "do $$ begin execute 'drop table ' || 'x'; end $$"],
  ["LINT_ENUM_VALUE_USED", "alter type mood add value 'calm';\ninsert into entries values ('calm')"],
  ["LINT_DOWN_DOES_NOTHING", HARMLESS, "select 1"],
  ["LINT_CONTRACT_WITHOUT_EXPAND", "-- slipway: phase=contract\nalter table entries drop column old"],
  ["LINT_TENANT_TABLE_OPEN", "create table visits (id int, clinic_id int)"],
  ["LINT_VIEW_PASSES_POLICIES", "create view seen as select * from entries"],
  [
    "LINT_VIEW_PASSES_POLICIES",
    `${VISITS};\ncreate materialized view counted as select * from visits with no data`,
  ],
  ["LINT_POLICY_WITHOUT_TENANT", `${VISITS};\ncreate policy drafts on visits using (id > 0)`],
  ["LINT_TENANT_COLUMN_UNINDEXED", VISITS.replace("primary key (clinic_id, id)", "primary key (id)")],
  ["LINT_POLICY_ALWAYS_TRUE", "alter policy own on entries using (true)"],
  ["LINT_POLICY_IDLE", "create table notes (id int);\ncreate policy own on notes using (id = 1)"],
  ["LINT_TRIGGER_DISABLED", "set local session_replication_role = replica"],
  ["LINT_TRIGGER_DISABLED", "drop trigger entries_are_audited on entries"],
  ["LINT_ROWS_FILTERED", "set local row_security = on"],
  ["LINT_ROWS_FILTERED", "select set_config('row_security', 'on', true)", UNDOES],
  ["LINT_LIMIT_LIFTED", "set local lock_timeout = 0"],
  ["LINT_LIMIT_LIFTED", "set statement_timeout = '0s'"],
  ["LINT_OTHER_ROLE", "set role diary_owner"],
  ["LINT_OUTSIDE_DATABASE", "copy entries from program 'curl example.org'"],
  ["LINT_OUTSIDE_DATABASE", "copy entries to '/tmp/entries'"],
  ["LINT_TAKEN_AWAY", "drop view seen"],
  ["LINT_TAKEN_AWAY", "drop function moods(int)"],
  ["LINT_TAKEN_AWAY", "alter schema old rename to older"],
  ["LINT_TAKEN_AWAY", "alter table entries set schema other"],
  ["LINT_TAKEN_AWAY", "alter type mood rename value 'calm' to 'still'"],
  ["LINT_BLOCKS_TABLE", "alter table entries add column position bigserial"],
  ["LINT_BLOCKS_TABLE", "alter table entries attach partition entries_2027 for values in (2027)"],
  ["LINT_FOREIGN_KEY_UNINDEXED", "create table notes (entry int references entries)"],
  ["LINT_DOWN_LOSES", "alter table entries add column mood int", "alter table entries drop column note"],
  ["LINT_DOWN_LOSES", "create table notes ()", "drop table notes, entries"],
];

/** What each does after entries came under FORCE, and the code that must catch it. */
const AFTER_FORCE: readonly [code: string, up: string][] = [
  ["LINT_FORCED_TABLE", "update entries set note = 'x' where note is null"],
  ["LINT_FORCED_TABLE", "insert into entries values (1, 'x')"],
  ["LINT_FORCED_TABLE", "delete from entries where id = 1"],
  ["LINT_FORCED_TABLE", "create table copied as select * from entries"],
  ["LINT_FORCED_TABLE", "with gone as (delete from entries returning *) select count(*) from gone"],
  ["LINT_FORCED_TABLE", "do $$ begin update entries set note = 'x' where note is null; end $$"],
  [
    "LINT_FORCED_TABLE",
    "alter table entries rename to notes;\nupdate notes set note = 'x' where note is null",
  ],
];

const TENANTS: LintFacts = { settings: { tenantColumns: ["clinic_id"] }, statistics: undefined };

test.each(PLANTED)("%s: %s", async (code, up, down) => {
  expect((await lint(up, TENANTS, down)).map((one) => one.code)).toEqual([code]);
});

test.each(AFTER_FORCE)("%s on a table that an earlier file forced: %s", async (code, up) => {
  expect((await lintAfterForce(up)).map((one) => one.code)).toContain(code);
});

test("finds FORCE that is lifted and not put back", async () => {
  const found = await lintAfterForce(
    "alter table entries no force row level security;\nupdate entries set note = 'x' where id = 1",
  );
  expect(found.map(({ code, at }) => [code, at])).toEqual([
    ["LINT_ROW_SECURITY_NOT_FORCED", "0002_b.up.sql:1"],
    ["LINT_FORCE_NOT_PUT_BACK", "0002_b.up.sql:1"],
  ]);
});

test.each([
  `alter table entries no force row level security; update entries set note = 'x' where id = 1;
   alter table entries force row level security`,
  "-- slipway: expect-rows=1..\nset local row_security = on; update entries set note = 'x' where id = 1",
  "with entries as (select 1) update other set note = 'x' where id = 1",
  "create table copied as select * from entries with no data",
  "drop table entries; create table entries (id int); insert into entries values (1)",
])("lets %s touch a table under FORCE", async (up) => {
  const codes = (await lintAfterForce(up)).map(({ code }) => code);
  expect(codes.filter((code) => code === "LINT_FORCED_TABLE" || code === "LINT_FORCE_NOT_PUT_BACK")).toEqual(
    [],
  );
});

test("looks at a down as it would run: after its own up, and not after later ones", async () => {
  const back = "update entries set note = null where note = 'x'";
  expect((await lintAfterForce("create table other ()", back)).map(({ code, at }) => [code, at])).toEqual([
    ["LINT_FORCED_TABLE", "0002_b.down.sql:1"],
  ]);
  const first = await textsOf("create table entries (id int, note text)", back);
  const second = await textsOf(
    "alter table entries enable row level security; alter table entries force row level security",
    UNDOES,
    "0002_b",
  );
  expect(lintMigrations([...first, ...second], () => [], NOTHING)).toEqual([]);
});

test("tells of a backfill when production's table is large and the file does not say that it means few rows", async () => {
  const facts = (rows: number): LintFacts => ({
    settings: { tenantColumns: [] },
    statistics: { "public.entries": { rows, bytes: rows * 100 } },
  });
  const update = "update entries set note = 'x' where note is null";
  expect((await lint(update, facts(5_000_000))).map(({ code, severity }) => [code, severity])).toEqual([
    ["LINT_BACKFILL_LARGE", "warning"],
  ]);
  expect(
    (await lint("insert into other select * from entries", facts(5_000_000))).map(({ code }) => code),
  ).toEqual(["LINT_BACKFILL_LARGE"]);
  expect(await lint(update, facts(50_000))).toEqual([]);
  expect(await lint(update)).toEqual([]);
  expect(await lint(`-- slipway: expect-rows=0..500\n${update}`, facts(5_000_000))).toEqual([]);
});

test("tells each planted mistake in a sentence", async () => {
  const lines: string[] = [];
  for (const [, up, down] of PLANTED) {
    const findings = await lint(up, TENANTS, down);
    lines.push(`${up}${down === undefined ? "" : ` | ${down}`}`);
    lines.push(...findings.map((one) => `  ${one.severity}: ${sentence(one)}`));
  }
  for (const [, up] of AFTER_FORCE) {
    lines.push(up, ...(await lintAfterForce(up)).map((one) => `  ${one.severity}: ${sentence(one)}`));
  }
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../../golden/lint/planted.txt");
});

test.each([
  "alter table entries enable row level security; alter table entries force row level security",
  "create policy own on entries using (clinic_id = current_setting('app.clinic_id')::uuid)",
  "create policy never on entries as restrictive using (true)",
  "create function f() returns int language sql security definer set search_path = pg_catalog as 'select 1'",
  "grant select on entries to diary_app",
  "update entries set mood = 3 where mood is null",
  "create view seen with (security_invoker = true) as select * from entries",
  "refresh materialized view concurrently counted",
  VISITS,
  `${VISITS}; create policy never on visits as restrictive using (id > 0)`,
  "set local lock_timeout = '2s'; set statement_timeout = 5000; set search_path = public",
  "set row_security = off; select set_config('app.clinic_id', '1', true); reset role",
  "drop view if exists seen; create view seen with (security_invoker = true) as select * from entries",
  "drop function f(int); create function f(int) returns int language sql as 'select 1'",
  "create table notes (entry int references entries); create index on notes (entry)",
  "create table notes (entry int primary key references entries)",
  "-- slipway: phase=contract, contracts=0001_a\ndrop view seen",
  "-- slipway: phase=contract, contracts=0001_a\nalter table entries drop column old",
])("has nothing against %s", async (up) => {
  expect(await lint(up, TENANTS)).toEqual([]);
});

test.each([
  ["alter table entries add column mood int", "alter table entries drop column mood"],
  ["create table notes (a int)", "drop table notes"],
  ["alter table entries rename to notes", "alter table notes rename to entries"],
  ["create table notes as select 1 as a", "drop table notes"],
  ["create table notes (a int)", "alter table notes drop column a; drop table notes"],
])("lets a down take back what its up made: %s | %s", async (up, down) => {
  expect((await lint(up, NOTHING, down)).filter(({ code }) => code === "LINT_DOWN_LOSES")).toEqual([]);
});

test("weighs what makes others wait by the size that production told", async () => {
  const facts = (rows: number | undefined): LintFacts => ({
    settings: { tenantColumns: [] },
    statistics: rows === undefined ? {} : { "public.entries": { rows, bytes: rows * 100 } },
  });
  const of = async (rows: number | undefined) => {
    const [found] = await lint("update entries set mood = 3", facts(rows));
    return [found?.severity, found?.says];
  };
  expect(await of(2_000_000)).toEqual([
    "error",
    "changes every row of public.entries in one statement; public.entries has 2,000,000 rows",
  ]);
  expect(await of(50)).toEqual([
    "warning",
    "changes every row of public.entries in one statement; public.entries has 50 rows",
  ]);
  expect(await of(undefined)).toEqual([
    "warning",
    "changes every row of public.entries in one statement; public.entries is new",
  ]);
});

test("takes from squawk what applies: not in a down, not in a contract, and not what Slipway does itself", async () => {
  const warning = (rule: string): SquawkWarning => ({
    rule,
    line: 1,
    message: "It breaks.",
    help: "Do not.",
  });
  const drop = "alter table entries drop column old";
  expect(
    await lint(drop, NOTHING, undefined, [warning("ban-drop-column"), warning("require-lock-timeout")]),
  ).toEqual([
    {
      code: "LINT_BAN_DROP_COLUMN",
      at: "0001_a.up.sql:1",
      says: "it breaks",
      hint: "do it in a migration with: -- slipway: phase=contract, after no running code needs it",
      severity: "error",
      relation: "public.entries",
    },
  ]);
  const contract = `-- slipway: phase=contract, contracts=0000_x\n${drop}`;
  expect(await lint(contract, NOTHING, undefined, [warning("ban-drop-column")])).toEqual([]);
});

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

async function textsOf(up: string, down = "drop table a"): Promise<readonly LintText[]> {
  const text = (direction: "up" | "down", sql: string) => {
    const file = `0001_a.${direction}.sql`;
    return { file, sql, sha256: "", header: parseHeader(file, sql).header };
  };
  const migration: Migration = {
    id: "0001_a",
    number: 1,
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
];

const TENANTS: LintFacts = { settings: { tenantColumns: ["clinic_id"] }, statistics: undefined };

test.each(PLANTED)("%s: %s", async (code, up, down) => {
  expect((await lint(up, TENANTS, down)).map((one) => one.code)).toEqual([code]);
});

test("tells each planted mistake in a sentence", async () => {
  const lines: string[] = [];
  for (const [, up, down] of PLANTED) {
    const findings = await lint(up, TENANTS, down);
    lines.push(`${up}${down === undefined ? "" : ` | ${down}`}`);
    lines.push(...findings.map((one) => `  ${one.severity}: ${sentence(one)}`));
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
  `create table visits (id int, clinic_id int); alter table visits enable row level security;
   alter table visits force row level security; create policy own on visits using (clinic_id = 1)`,
  "-- slipway: phase=contract, contracts=0001_a\nalter table entries drop column old",
])("has nothing against %s", async (up) => {
  expect(await lint(up, TENANTS)).toEqual([]);
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

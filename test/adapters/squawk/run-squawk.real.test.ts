import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { migrateLint } from "../../../src/actions/migrate-lint.ts";
import { loadLint } from "../../../src/adapters/postgres/load-lint.ts";
import { runSquawk } from "../../../src/adapters/squawk/run-squawk.ts";
import { describeLint } from "../../../src/core/lint/lint-report.ts";
import { aFolderOf } from "../postgres/a-migration-folder.ts";

const request = { app: "diary", applied: [] as string[], major: 17 };
const lint = (folder: string, changes: Partial<typeof request> = {}) =>
  migrateLint({ ...request, ...changes }, { load: () => loadLint(folder), squawk: runSquawk });

const FILES = {
  "0001_t.up.sql": "create table t (id bigint primary key, note text);",
  "0001_t.down.sql": "drop table t;",
  "0002_i.up.sql": "\ncreate index t_note on t (note);",
  "0002_i.down.sql": "drop index t_note;",
  "0003_c.up.sql": "-- slipway: no-transaction\ncreate index concurrently t_id on t (id);",
  "0003_c.down.sql": "-- slipway: no-transaction\ndrop index concurrently t_id;",
  "0004_x.up.sql": "alter table t disable row level security;",
  "0004_x.down.sql": "alter table t enable row level security;",
};

test("lints each direction of each file by itself, in one run of squawk for all inside a transaction", async () => {
  const report = await lint(await aFolderOf(FILES));
  expect(report).toMatchObject({ outcome: "errors", files: 8, skipped: [], exitCode: 12 });
  expect(report.problems.map(({ code, at }) => [code, at])).toEqual([
    ["LINT_REQUIRE_CONCURRENT_INDEX_CREATION", "0002_i.up.sql:2"],
    ["LINT_REQUIRE_CONCURRENT_INDEX_DELETION", "0002_i.down.sql:1"],
    ["LINT_ROW_SECURITY_OFF", "0004_x.up.sql:1"],
  ]);
});

test("leaves alone what ran, and lets a waiver pass its rule in its file until its day", async () => {
  const folder = await aFolderOf(FILES);
  const waiver = {
    rule: "LINT_ROW_SECURITY_OFF",
    at: "0004_x.up.sql",
    owner: "person-a",
    reason: "t holds no rows of patients",
    expires: "2999-12-31",
  };
  await writeFile(join(folder, "waivers.json"), JSON.stringify({ waivers: [waiver] }));
  const report = await lint(folder, { applied: ["0001_t", "0002_i"] });
  expect(report).toMatchObject({ outcome: "clean", waived: [waiver], problems: [], exitCode: 0 });
  expect(describeLint(report)).toBe(
    "8 files: 0 errors, 0 warnings\n  waived LINT_ROW_SECURITY_OFF for 0004_x.up.sql by person-a until 2999-12-31, not signed: t holds no rows of patients",
  );

  await writeFile(
    join(folder, "waivers.json"),
    JSON.stringify({ waivers: [{ ...waiver, expires: "2020-01-01" }] }),
  );
  expect((await lint(folder, { applied: ["0001_t", "0002_i"] })).problems.map(({ code }) => code)).toEqual([
    "LINT_ROW_SECURITY_OFF",
    "WAIVER_EXPIRED",
  ]);
});

test("weighs squawk's findings by production's statistics too", async () => {
  const folder = await aFolderOf(FILES);
  await writeFile(
    join(folder, "statistics.json"),
    JSON.stringify({ tables: { "public.t": { rows: 12, bytes: 8192 } } }),
  );
  const report = await lint(folder, { applied: ["0004_x"] });
  expect(report.outcome).toBe("warnings");
  expect(report.findings[0]).toMatchObject({
    code: "LINT_REQUIRE_CONCURRENT_INDEX_CREATION",
    severity: "warning",
    relation: "public.t",
  });
});

test("tells a file that Postgres could not parse, with its line", async () => {
  const folder = await aFolderOf({
    "0001_t.up.sql": "select 1;\ncreate tabel t ();",
    "0001_t.down.sql": "drop table t;",
  });
  expect((await lint(folder)).problems).toEqual([
    {
      code: "LINT_SYNTAX",
      at: "0001_t.up.sql:2",
      says: 'syntax error at or near "tabel"',
      hint: "write SQL that Postgres takes",
    },
  ]);
});

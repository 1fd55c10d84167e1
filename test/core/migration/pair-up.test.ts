import { expect, test } from "vitest";
import { pairUp as pairUpWith } from "../../../src/core/migration/pair-up.ts";
import type { MigrationFile } from "../../../src/core/migration/types.ts";

const file = (name: string, text: string | undefined = "select 1"): MigrationFile => ({
  file: name,
  text,
  sha256: "a".repeat(64),
});
const pairUp = (files: readonly MigrationFile[]) =>
  pairUpWith(files, { sha256: (text) => `hash of ${text}` });
const codes = (...files: MigrationFile[]) => pairUp(files).problems.map(({ code, at }) => [code, at]);

test("pairs up and down and orders by number", () => {
  const { migrations, problems } = pairUp([
    file("0002_b.down.sql"),
    file("0002_b.up.sql"),
    file("0001_a.down.sql"),
    file("0001_a.up.sql"),
  ]);
  expect(problems).toEqual([]);
  expect(migrations.map(({ id, number, up, down }) => [id, number, up.file, down.file])).toEqual([
    ["0001_a", 1, "0001_a.up.sql", "0001_a.down.sql"],
    ["0002_b", 2, "0002_b.up.sql", "0002_b.down.sql"],
  ]);
});

test("refuses a migration without its down, and a down without its up", () => {
  expect(codes(file("0001_a.up.sql"), file("0002_b.down.sql"))).toEqual([
    ["MIGRATION_DOWN_MISSING", "0001_a.up.sql"],
    ["MIGRATION_UP_MISSING", "0002_b.down.sql"],
  ]);
});

test.each([
  "README.md",
  "V1__x.sql",
  "001_a.up.sql",
  "0001_a.sh",
  "2024010100_a.up.sql",
  "1704067200000_it's.sql",
  "1704067200000_a.b.sql",
  "0001_it's.up.sql",
  "0001_A.up.sql",
  "0001_a.UP.sql",
  "0001_a.up.sql ",
  "0001_a b.up.sql",
  "0001_ä.up.sql",
])("refuses the file name %j", (name) => {
  expect(codes(file(name))).toEqual([["MIGRATION_NAME", name]]);
});

test("refuses two migrations of one number", () => {
  const names = ["0004_same.up.sql", "0004_same.down.sql", "0004_other.up.sql", "0004_other.down.sql"];
  expect(codes(...names.map((name) => file(name)))).toEqual([
    ["MIGRATION_NUMBER_TWICE", "0004_other.up.sql"],
  ]);
});

test("refuses a file that is not UTF-8", () => {
  expect(codes(file("0001_a.up.sql"), { ...file("0001_a.down.sql"), text: undefined })).toEqual([
    ["MIGRATION_NOT_TEXT", "0001_a.down.sql"],
  ]);
});

test("tells all faults of all files at once", () => {
  expect(codes(file("0001_a.up.sql", "commit"), file("0001_a.down.sql", ""), file("x.sql"))).toEqual([
    ["MIGRATION_TRANSACTION_VERB", "0001_a.up.sql:1"],
    ["MIGRATION_EMPTY", "0001_a.down.sql"],
    ["MIGRATION_NAME", "x.sql"],
  ]);
});

const single = "-- Up Migration\ncreate table t ();\n\n-- Down Migration\ndrop table t;\n";

test("takes a single file apart at its markers, and keeps the line numbers", () => {
  const { migrations, problems } = pairUp([file("1704067200000_add-users.sql", single)]);
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    {
      id: "1704067200000_add-users",
      number: 1_704_067_200_000,
      up: { file: "1704067200000_add-users.sql", sql: "-- Up Migration\ncreate table t ();\n" },
      down: { sql: "\n\n\n-- Down Migration\ndrop table t;\n" },
      irreversible: false,
    },
  ]);
});

test.each([
  ["-- up migration of users\n" + single, "MIGRATION_MARKER", 1],
  ["create table a ();\n" + single, "MIGRATION_MARKER", 2],
  ["-- Down Migration\ndrop table t;\n-- Up Migration\ncreate table t ();", "MIGRATION_MARKER", 1],
  [single + "-- Up Migration\nselect 1;", "MIGRATION_MARKER", 6],
])("refuses markers that node-pg-migrate would cut at in silence: %j", (text, code, line) => {
  expect(codes(file("0001_a.sql", text))).toContainEqual([code, `0001_a.sql:${line}`]);
});

test("refuses a single file without a down part", () => {
  expect(codes(file("0001_a.sql", "create table t ();"))).toEqual([["MIGRATION_DOWN_MISSING", "0001_a.sql"]]);
});

test("refuses one migration in two files, and numbers of two kinds", () => {
  expect(codes(file("0001_a.sql", single), file("0001_a.up.sql"))).toEqual([
    ["MIGRATION_TWICE", "0001_a.sql"],
  ]);
  expect(codes(file("0001_a.sql", single), file("1704067200000_b.sql", single))).toEqual([
    ["MIGRATION_NUMBER_SCHEME", "1704067200000_b"],
  ]);
});

test("orders 13 digits and 17 digits by the time they stand for", () => {
  const names = ["20240101000001000_c", "1704067200500_b", "20240101000000000_a"];
  const { migrations, problems } = pairUp(names.map((name) => file(`${name}.sql`, single)));
  expect(problems).toEqual([]);
  expect(migrations.map(({ id }) => id)).toEqual(names.toReversed());
});

test("takes the SQL that a migration in code stands for", () => {
  const rendered = {
    kind: "rendered" as const,
    up: { sql: 'CREATE INDEX CONCURRENTLY "i" ON "t" ("a");\n', inTransaction: false },
    down: { sql: 'DROP INDEX "i";\n', inTransaction: true },
  };
  const { migrations, problems } = pairUp([{ ...file("1704067200000_b.ts", "code"), rendered }]);
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    {
      up: { sql: rendered.up.sql, header: { inTransaction: false } },
      down: { sql: rendered.down.sql, header: { inTransaction: true } },
      renderedSha256: `hash of ${rendered.up.sql}\0${rendered.down.sql}`,
    },
  ]);
});

test("a migration without a down has no way back, and says so", () => {
  const { migrations, problems } = pairUp([file("0001_a.up.sql")]);
  expect(migrations).toMatchObject([{ irreversible: true }]);
  expect(problems.map(({ code, at }) => [code, at])).toEqual([["MIGRATION_DOWN_MISSING", "0001_a.up.sql"]]);
});

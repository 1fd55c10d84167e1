import { expect, test } from "vitest";
import { pairUp } from "../../../src/core/migration/pair-up.ts";
import type { MigrationFile } from "../../../src/core/migration/types.ts";

const file = (name: string, text: string | undefined = "select 1"): MigrationFile => ({
  file: name,
  text,
  sha256: "a".repeat(64),
});
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
  "0001_a.sql",
  "001_a.up.sql",
  "20240101000000_a.up.sql",
  "1704067200000_a.up.sql",
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

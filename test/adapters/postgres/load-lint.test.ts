import { expect, test } from "vitest";
import { loadLint } from "../../../src/adapters/postgres/load-lint.ts";
import { aMigrationFolder } from "./a-migration-folder.ts";

test("finds a word that Postgres does not know, without a database", async () => {
  const folder = await aMigrationFolder({ "0001_a": "select 1;\ncreate tabel a ()" });
  expect((await loadLint(folder)).problems).toEqual([
    {
      code: "LINT_SYNTAX",
      at: "0001_a.up.sql:2",
      says: 'syntax error at or near "tabel"',
      hint: "write SQL that Postgres takes",
    },
  ]);
});

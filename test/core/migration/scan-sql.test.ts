import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scanSql } from "../../../src/core/migration/scan-sql.ts";

const firstWords = (sql: string) => scanSql(sql).statements.map(({ words }) => words[0]);

test("splits at semicolons and counts lines", () => {
  expect(scanSql("select 1;\n\ncreate table t (a int);\n")).toEqual({
    statements: [
      { line: 1, words: ["SELECT"], names: [] },
      { line: 3, words: ["CREATE", "TABLE", "T"], names: [] },
    ],
    unfinished: undefined,
  });
});

test("sees no statement in comments and space", () => {
  expect(scanSql("-- begin;\n/* commit; /* rollback; */ end; */ ;;\n")).toEqual({
    statements: [],
    unfinished: undefined,
  });
});

test.each([
  ["a string", "select 'a; commit; '' still; ' ;", ["SELECT"]],
  [
    "a backslash at the end of a plain string",
    String.raw`select 'a\'; commit; select ' '`,
    ["SELECT", "COMMIT", "SELECT"],
  ],
  ["a backslash in an E string", String.raw`select E'a\'; commit; '`, ["SELECT"]],
  ["a quoted identifier", 'select 1 as "x; commit; ""y"', ["SELECT"]],
  ["a dollar quote", "do $$ begin commit; end $$; select 1", ["DO", "SELECT"]],
  ["a dollar quote with a tag", "do $body$ $$; commit; $$ $body$; commit", ["DO", "COMMIT"]],
  ["a name with a dollar in it", "select a$b$c; commit; select d$b$e", ["SELECT", "COMMIT", "SELECT"]],
  ["brackets", "create rule r as on insert to t do also (insert into l default values; commit)", ["CREATE"]],
  [
    "a body between BEGIN ATOMIC and END",
    "create function f(a int) returns int begin atomic select case when a > 0 then 1 else 2 end; select 3; end; commit",
    ["CREATE", "COMMIT"],
  ],
])("ends no statement inside %s", (_what, sql, expected) => {
  expect(firstWords(sql)).toEqual(expected);
});

test.each([
  ["a comment", "select 1;\n/* /* */", 2, "a comment that never ends"],
  ["a string", "select 'a", 1, "a quote that never ends"],
  ["an identifier", 'select "a', 1, "a quote that never ends"],
  ["a dollar quote", "select $x$ $y$", 1, "a quote $x$ that never ends"],
  ["a bracket", "create table t (a int;", 1, "a bracket that is not closed"],
  ["BEGIN ATOMIC", "create function f() begin atomic select 1;", 1, "BEGIN ATOMIC without its END"],
])("tells of %s that never ends", (_what, sql, line, says) => {
  expect(scanSql(sql).unfinished).toEqual({ line, says });
});

test.each([
  ["a command", "select 1;\n\\i other.sql\nselect 'never ends", 2, "the psql command \\i"],
  ["what ends rows", "select 1 \\.", 1, "the psql command \\."],
  ["a variable's command", "\\set on true", 1, "the psql command \\set"],
  [
    "rows to come",
    "select 1;\ncopy t (a, b) from stdin;\n1\tit's\n\\.\n",
    2,
    "COPY with rows that the client would send or take",
  ],
  ["rows to go", "copy (select 1) to stdout", 1, "COPY with rows that the client would send or take"],
])("stops at %s for psql", (_what, sql, line, says) => {
  expect(scanSql(sql)).toMatchObject({ forPsql: { line, says }, unfinished: undefined });
});

test.each(["select E'a\\b'", "select '\\.'", "select $$ \\i $$", "copy t from '/srv/stdin'", 'select "\\"'])(
  "sees no command for psql in %s",
  (sql) => {
    expect(scanSql(sql).forPsql).toBeUndefined();
  },
);

test("keeps names in double quotes apart from words", () => {
  expect(scanSql('drop table "a b"."c" cascade').statements).toEqual([
    { line: 1, words: ["DROP", "TABLE", "CASCADE"], names: ["a b", "c"] },
  ]);
});

test("finds a verb of transactions wherever it is hidden between other statements", () => {
  const harmless = fc.constantFrom(
    "select 'commit;'",
    "select $q$ rollback; $q$",
    "-- begin;\nselect 1",
    '/* end; */ select "end;"',
    "create table t (a text default ';')",
    String.raw`select E'\';'`,
  );
  fc.assert(
    fc.property(
      fc.array(harmless, { maxLength: 6 }),
      fc.array(harmless, { maxLength: 6 }),
      (before, after) => {
        const words = firstWords([...before, "commit", ...after].join(";\n"));
        expect(words.length).toBe(before.length + 1 + after.length);
        expect(words[before.length]).toBe("COMMIT");
      },
    ),
  );
});

test("takes a text of a million characters in one pass", () => {
  const sql = `insert into t values ('${"a''".repeat(200_000)}');\n${"select 1;\n".repeat(40_000)}`;
  expect(scanSql(sql).statements).toHaveLength(40_001);
});

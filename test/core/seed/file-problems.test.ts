import { expect, test } from "vitest";
import { seedFileProblems } from "../../../src/core/seed/file-problems.ts";

const problemsOf = (text: string | undefined, file = "0001_rows.sql") =>
  seedFileProblems(`practice/${file}`, { file, text });

test("has nothing against statements about rows", () => {
  expect(
    problemsOf(`
      -- begin with the languages
      set local row_security = on;
      select set_config('app.clinic_id', 'x', true);
      create temporary table given (code text);
      create temp table more as select 1 as a;
      insert into t values (1, 'commit;') on conflict do nothing;
      with x as (select 1) update t set a = 1 where a is distinct from 1;
      merge into t using s on true when not matched then do nothing;
      delete from t where a = 2;
      (select 1);
      do $$ begin perform 1; end $$;
      lock table t; analyze t;`),
  ).toEqual([]);
});

test.each(["0001_a.sql", "0010_several_words_2.sql"])("%s is a name of a seed", (file) => {
  expect(problemsOf("select 1", file)).toEqual([]);
});

test("says what is wrong about files, and what to do", async () => {
  const found = [
    problemsOf("select 1", "README.md"),
    problemsOf("select 1", "1_rows.sql"),
    problemsOf("select 1", "0001_Rows.sql"),
    problemsOf("select 1", "0001_rows.up.sql"),
    problemsOf(undefined),
    problemsOf("select 1;\0"),
    problemsOf("-- nothing yet\n;"),
    problemsOf("insert into t values ('a"),
    problemsOf("-".repeat(10 * 1024 * 1024 + 1)),
    problemsOf("-- slipway: no-transaction\ninsert into t values (1)"),
    problemsOf("insert into t values (1);\ncommit;\nbegin"),
    problemsOf("create table t (a int)"),
    problemsOf("select 1;\nalter table t add column b int;\nvacuum t"),
    problemsOf("truncate t"),
    problemsOf("copy t from stdin"),
  ];
  const told = found.map((problems) =>
    problems.map(({ code, at, says, hint }) => `${code}\n  ${at}: ${says}\n  ${hint}\n`).join(""),
  );
  expect(found.every((problems) => problems.length > 0)).toBe(true);
  await expect(told.join("")).toMatchFileSnapshot("../../golden/seeds/files-refused.txt");
});

import { expect, test } from "vitest";
import { parseHeader, PLAIN_HEADER } from "../../../src/core/migration/header.ts";

const AT = "0007_a.up.sql";

test("reads what a file says about itself before its first statement", () => {
  const sql = `
-- Slipway speaks of nothing here
-- slipway: phase=contract, contracts=0004_add_status, after-days=7
-- slipway: expect-rows=1.., statement-timeout=900s
-- slipway: keeps-rows=app.entries+"App"."order s"
update t set a = 1;`;
  expect(parseHeader(AT, sql)).toEqual({
    header: {
      inTransaction: true,
      phase: "contract",
      contracts: "0004_add_status",
      afterDays: 7,
      expectRows: { least: 1, most: undefined },
      keepsRows: ["app.entries", '"App"."order s"'],
      statementTimeoutSeconds: 900,
    },
    problems: [],
  });
  expect(parseHeader(AT, "-- slipway: no-transaction\nvacuum t").header.inTransaction).toBe(false);
  expect(parseHeader(AT, "select 1")).toEqual({ header: PLAIN_HEADER, problems: [] });
});

test.each([
  ["3", { least: 3, most: 3 }],
  ["0..9", { least: 0, most: 9 }],
  ["2..", { least: 2, most: undefined }],
])("reads expect-rows=%s", (text, expectRows) => {
  expect(parseHeader(AT, `-- slipway: expect-rows=${text}\nselect 1`).header.expectRows).toEqual(expectRows);
});

test.each([
  [
    "-- slipway: no-transactoin",
    1,
    'has an unknown directive "no-transactoin"; did you mean "no-transaction"?',
  ],
  ["-- slipway: phase=later", 1, 'has "phase=later", which is not how phase is written'],
  ["-- slipway: expect-rows=many", 1, 'has "expect-rows=many", which is not how expect-rows is written'],
  ["-- slipway: phase=expand, phase=expand", 1, "says phase twice"],
  ["-- slipway: keeps-rows=entries", 1, 'has "keeps-rows=entries", which is not how keeps-rows is written'],
  [
    "-- slipway: keeps-rows=app.a;drop",
    1,
    'has "keeps-rows=app.a;drop", which is not how keeps-rows is written',
  ],
  [
    "select 1;\n-- slipway: no-transaction",
    2,
    "has a comment for Slipway after the first statement, where it means nothing",
  ],
])("refuses what would be overlooked: %j", (sql, line, says) => {
  const { problems } = parseHeader(AT, `${sql}\nselect 1`);
  expect(problems).toMatchObject([{ code: "MIGRATION_HEADER", at: `${AT}:${line}`, says }]);
});

test("refuses to keep rows outside of a transaction, where nobody could say who changed them", () => {
  const { problems } = parseHeader(AT, "-- slipway: no-transaction, keeps-rows=app.a\nvacuum app.a");
  expect(problems).toMatchObject([
    {
      code: "MIGRATION_HEADER",
      at: AT,
      says: "keeps the rows of tables and runs outside of a transaction, where they do not stand still",
    },
  ]);
});

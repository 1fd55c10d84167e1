import { expect, test } from "vitest";
import { compareData } from "../../../src/core/data-check/compare-data.ts";
import { SOUND_DATA } from "../../builders/sound-data.ts";
import type { DataFacts, DataMeasure, Invariant } from "../../../src/core/data-check/types.ts";

const nothing = { problems: [], known: [], notes: [], unchecked: [] };
const KEY = { table: "app.notes", constraint: "notes_clinic" };
const orphans = (rows: number) => ({ ...KEY, parent: "app.clinics", rows });

function measured(facts: Partial<DataFacts> = {}): DataMeasure {
  return { facts: { ...SOUND_DATA, ...facts }, applied: [], thorough: false };
}

function compared(before: Partial<DataFacts>, after: Partial<DataFacts>, isDeclared = false) {
  const { problems, known, notes, unchecked } = compareData(
    measured(before),
    measured(after),
    () => isDeclared,
  );
  const codes = (list: typeof problems) => list.map(({ code }) => code);
  return { problems: codes(problems), known: codes(known), notes: codes(notes), unchecked };
}

test("blames a run for nothing when nothing is wrong", () => {
  expect(compared({}, {})).toEqual(nothing);
});

test.each<[string, Partial<DataFacts>, Partial<DataFacts>, string]>([
  ["index", {}, { invalidIndexes: [{ index: "app.i", partitioned: false }] }, "DATA_INDEX_INVALID"],
  ["sequence", {}, { behind: [{ sequence: "app.s", column: "app.t.id" }] }, "DATA_SEQUENCE_BEHIND"],
  ["foreign key", {}, { disabled: [KEY] }, "DATA_FOREIGN_KEY_OFF"],
  ["constraint", {}, { unvalidated: [KEY] }, "DATA_CONSTRAINT_NOT_VALIDATED"],
  ["table", {}, { orphans: [orphans(3)] }, "DATA_ORPHANS"],
  ["assertion", {}, { assertions: [{ file: "a.sql", rows: 1 }] }, "DATA_ASSERTION_FAILED"],
])(
  "blames it for what is new about one %s, and knows what was there before",
  (_what, before, after, code) => {
    expect(compared(before, after)).toEqual({ ...nothing, problems: [code] });
    expect(compared(after, after)).toEqual({ ...nothing, known: [code] });
    expect(compared(after, before)).toEqual(nothing);
  },
);

test.each<[string, Partial<DataFacts>, Partial<DataFacts>]>([
  ["rows without a parent", { orphans: [orphans(3)] }, { orphans: [orphans(4)] }],
  [
    "rows that an assertion finds",
    { assertions: [{ file: "a.sql", rows: 1 }] },
    { assertions: [{ file: "a.sql", rows: 2 }] },
  ],
])("blames it for more %s, and not for fewer", (_what, few, more) => {
  expect(compared(few, more)).toMatchObject({ problems: [expect.any(String)], known: [] });
  expect(compared(more, few)).toMatchObject({ problems: [], known: [expect.any(String)] });
});

test("blames it when it makes an assertion impossible to ask, or to be met", () => {
  const failure = 'relation "app.notes" does not exist';
  const asked = { assertions: [{ file: "a.sql", rows: 0 }] };
  const unasked = { assertions: [{ file: "a.sql", rows: 0, failure }] };
  const unmet = { assertions: [{ file: "a.sql", rows: 2 }] };
  expect(compared(asked, unasked).problems).toEqual(["DATA_ASSERTION_NOT_ASKED"]);
  expect(compared(unasked, unasked).known).toEqual(["DATA_ASSERTION_NOT_ASKED"]);
  expect(compared(unasked, unmet).problems).toEqual(["DATA_ASSERTION_FAILED"]);
  expect(compared(unasked, asked)).toEqual(nothing);
});

test("only notes a constraint that is declared to be half, with the rows that break it already", () => {
  const half = { unvalidated: [KEY], orphans: [orphans(2)] };
  expect(compared({}, half, true)).toEqual({
    ...nothing,
    notes: ["DATA_CONSTRAINT_NOT_VALIDATED", "DATA_ORPHANS"],
  });
  expect(compared({}, half, false)).toEqual({
    ...nothing,
    problems: ["DATA_CONSTRAINT_NOT_VALIDATED", "DATA_ORPHANS"],
  });
});

test("does not excuse what a run does to rows under a constraint that was there before", () => {
  const more = { unvalidated: [KEY], orphans: [orphans(2)] };
  expect(compared({ unvalidated: [KEY] }, more, true)).toEqual({
    ...nothing,
    known: ["DATA_CONSTRAINT_NOT_VALIDATED"],
    problems: ["DATA_ORPHANS"],
  });
  expect(compared({}, { ...more, disabled: [KEY] }, true).problems).toEqual(["DATA_FOREIGN_KEY_OFF"]);
});

const answer = (values: Readonly<Record<string, string>>): Invariant => ({
  file: "sums.invariant.sql",
  answer: Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { sha256: value, ...(name === "count" && { count: value }) },
    ]),
  ),
});
const unasked: Invariant = { file: "sums.invariant.sql", failure: "it answers no row" };

test.each<[string, readonly Invariant[], readonly Invariant[], string | undefined, readonly string[]]>([
  ["is kept", [answer({ count: "3" })], [answer({ count: "3" })], undefined, []],
  [
    "changes",
    [answer({ count: "3", sum: "a", same: "c" })],
    [answer({ count: "2", sum: "b", same: "c" })],
    "has another answer than before the run: count was 3 and is 2, sum differs",
    [],
  ],
  [
    "answers other columns",
    [answer({ count: "3" })],
    [answer({ total: "3" })],
    "has another answer than before the run: count differs, total differs",
    [],
  ],
  [
    "can no longer be asked",
    [answer({ count: "3" })],
    [unasked],
    "could not be asked: it answers no row",
    [],
  ],
  [
    "could not be asked before",
    [unasked],
    [answer({ count: "3" })],
    undefined,
    ["the query sums.invariant.sql: it had no answer before the run: it answers no row"],
  ],
  [
    "is new",
    [],
    [answer({ count: "3" })],
    undefined,
    ["the query sums.invariant.sql: it had no answer before the run: it is new"],
  ],
  ["is gone", [answer({ count: "3" })], [], undefined, ["the query sums.invariant.sql: its file is gone"]],
])("sees when an invariant %s", (_what, before, after, says, unchecked) => {
  const check = compareData(measured({ invariants: before }), measured({ invariants: after }), () => false);
  expect(check.problems.map((one) => one.says)).toEqual(says === undefined ? [] : [says]);
  expect(check.unchecked).toEqual(unchecked);
});

test("blames nobody when it could not be looked at before", () => {
  const unchecked = [
    "the sequence app.s: permission denied for table t",
    "the foreign key notes_clinic of app.notes: it took longer than 30 s",
    "the query a.sql: it took longer than 30 s",
    "the query sums.invariant.sql: it took longer than 30 s",
  ];
  const after: Partial<DataFacts> = {
    behind: [
      { sequence: "app.s", column: "app.t.id" },
      { sequence: "app.s2", column: "app.t.n" },
    ],
    orphans: [orphans(1)],
    assertions: [{ file: "a.sql", rows: 2 }],
    invariants: [answer({ count: "3" })],
  };
  expect(compared({ unchecked }, after)).toEqual({
    ...nothing,
    problems: ["DATA_SEQUENCE_BEHIND"],
    unchecked: [
      "the foreign key notes_clinic of app.notes: nobody could look before the run, and now app.notes has 1 row without its row in app.clinics, by the foreign key notes_clinic",
      "the sequence app.s: nobody could look before the run, and now app.s will give a value that app.t.id has already",
      "the query a.sql: nobody could look before the run, and now a.sql found 2 rows, and should find none",
      "the query sums.invariant.sql: it had no answer before the run: it took longer than 30 s",
    ],
  });
  // Looked at before and not now: that is all there is to say.
  const slow = { unchecked: ["the query sums.invariant.sql: it took longer than 30 s"] };
  expect(compared({ invariants: [answer({ count: "3" })] }, slow).unchecked).toEqual(slow.unchecked);
});

test("passes on what could not be looked at", () => {
  expect(compared({ unchecked: ["a"] }, { unchecked: ["b"] }).unchecked).toEqual(["b"]);
});

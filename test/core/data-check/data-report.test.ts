import { describe, expect, test } from "vitest";
import { compareData } from "../../../src/core/data-check/compare-data.ts";
import { dataReport, describeData } from "../../../src/core/data-check/data-report.ts";
import { SOUND_DATA } from "../../builders/sound-data.ts";
import type { DataFacts } from "../../../src/core/data-check/types.ts";
import { sentence } from "../../../src/core/errors.ts";

const SUBJECT = { app: "diary", environment: "staging" };
const KEY = { table: "app.notes", constraint: "notes_clinic_fkey" };

const PLANTED: DataFacts = {
  invalidIndexes: [
    { index: "app.notes_by_day", partitioned: false },
    { index: "app.visits_by_day", partitioned: true },
  ],
  unvalidated: [KEY],
  disabled: [{ table: "app.visits", constraint: "visits_clinic_fkey" }],
  orphans: [
    { ...KEY, parent: "app.clinics", rows: 12 },
    { table: "app.visits", constraint: "visits_clinic_fkey", parent: "app.clinics", rows: 1 },
  ],
  behind: [{ sequence: "app.notes_id_seq", column: "app.notes.id" }],
  assertions: [
    { file: "ages.sql", rows: 1 },
    { file: "met.sql", rows: 0 },
    { file: "old.sql", rows: 0, failure: 'relation "app.nobody" does not exist' },
  ],
  invariants: [
    { file: "sums.invariant.sql", answer: { count: { sha256: "3", count: "3" } } },
    { file: "many.invariant.sql", failure: "it answers more than one row" },
  ],
  foreignKeys: { compared: 2, trusted: 7 },
  unchecked: ["the sequence app.s of app.t: permission denied for table t"],
};

describe("the report", () => {
  test("says what is wrong, and what was not looked at", async () => {
    const report = dataReport(SUBJECT, PLANTED);
    expect(report).toMatchObject({ outcome: "unsound", exitCode: 12, assertions: 3, invariants: 2 });
    const text = [...report.problems.map(sentence), describeData(report), ""].join("\n");
    await expect(text).toMatchFileSnapshot("../../golden/data-check/planted.txt");
  });

  test("says of a sound database what was asked", () => {
    const report = dataReport(SUBJECT, SOUND_DATA);
    expect(report).toEqual({
      outcome: "sound",
      app: "diary",
      environment: "staging",
      assertions: 0,
      invariants: 0,
      foreignKeys: { compared: 0, trusted: 0 },
      unchecked: [],
      problems: [],
      exitCode: 0,
    });
    expect(describeData(report)).toBe(
      "sound: indexes valid, constraints validated, sequences ahead, 0 assertions of the app met",
    );
    const more = dataReport(SUBJECT, {
      ...SOUND_DATA,
      invariants: [{ file: "a.invariant.sql", answer: {} }],
      foreignKeys: { compared: 3, trusted: 0 },
    });
    expect(describeData(more)).toBe(
      "sound: indexes valid, constraints validated, sequences ahead, 0 assertions of the app met, 1 invariant can be asked\n  foreign keys: 3 compared row by row",
    );
  });
});

test("a run that breaks an invariant is told so", async () => {
  const measured = (facts: Partial<DataFacts>) => ({
    facts: { ...SOUND_DATA, ...facts },
    applied: [],
    thorough: false,
  });
  const of = (count: string, sum: string): Partial<DataFacts> => ({
    invariants: [
      { file: "sums.invariant.sql", answer: { count: { sha256: count, count }, sum: { sha256: sum } } },
    ],
  });
  const { problems } = compareData(measured(of("120", "a")), measured(of("118", "b")), () => false);
  await expect(`${problems.map(sentence).join("\n")}\n`).toMatchFileSnapshot(
    "../../golden/data-check/invariant-broken.txt",
  );
});

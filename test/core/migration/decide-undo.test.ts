import { describe, expect, test } from "vitest";
import { decideUndo, type FailedRun, type WayBack } from "../../../src/core/migration/decide-undo.ts";

function aWay(file: string, changes: Partial<WayBack> = {}): WayBack {
  return { file, phase: undefined, irreversible: false, rehearsed: true, ...changes };
}
const A = aWay("0001_a.up.sql");
const B = aWay("0002_b.up.sql");
const OUTSIDE = { ...B, inTransaction: false };
const INSIDE = { ...B, inTransaction: true };
const aRun = (changes: Partial<FailedRun>): FailedRun => ({
  direction: "up",
  because: "failed",
  ran: [A],
  failed: OUTSIDE,
  isAsItWas: false,
  ...changes,
});

describe("a migration failed", () => {
  test.each([
    ["in its transaction, and the schema is as it was", { failed: INSIDE, isAsItWas: true }],
    ["in its transaction, and nobody described the schema before", { failed: INSIDE, isAsItWas: undefined }],
    ["outside of transactions, and left nothing", { failed: OUTSIDE, isAsItWas: true }],
    ["before any had begun", { failed: undefined, isAsItWas: undefined }],
  ])("%s: nothing is undone, and what ran before it stays", (_how, changes) => {
    expect(decideUndo(aRun(changes))).toEqual({ kind: "nothing" });
  });

  test("outside of transactions, and left something: its own down runs, and no other", () => {
    expect(decideUndo(aRun({}))).toEqual({ kind: "undo", files: ["0002_b.up.sql"] });
  });

  test("in its transaction, and the schema is another: a person must, because somebody else changed it", () => {
    expect(decideUndo(aRun({ failed: INSIDE }))).toEqual({
      kind: "person",
      because: ["its own transaction was undone, so somebody else changed the schema meanwhile"],
    });
  });

  test("outside of transactions, and the schema could not be compared: a person must", () => {
    expect(decideUndo(aRun({ isAsItWas: undefined }))).toEqual({
      kind: "person",
      because: ["the schema could not be compared with what it was"],
    });
  });

  test.each([
    [{ irreversible: true }, "0002_b.up.sql has no down"],
    [
      { phase: "contract" },
      "0002_b.up.sql is a contract, whose down cannot bring back what the app has lost",
    ],
    [
      { rehearsed: false },
      "the down of 0002_b.up.sql has no rehearsal that passed for these texts on this server",
    ],
  ] as const)("outside of transactions, left something and is %j: a person must", (changes, because) => {
    expect(decideUndo(aRun({ failed: { ...OUTSIDE, ...changes } }))).toEqual({
      kind: "person",
      because: [because],
    });
  });
});

describe("the checks found new defects", () => {
  test("all that ran goes, the newest first", () => {
    expect(decideUndo(aRun({ because: "checks", ran: [A, B], failed: undefined }))).toEqual({
      kind: "undo",
      files: ["0002_b.up.sql", "0001_a.up.sql"],
    });
  });

  test("none of it goes when one of them may not, and every reason is told", () => {
    const ran = [
      aWay("0001_a.up.sql", { irreversible: true }),
      aWay("0002_b.up.sql", { rehearsed: false }),
      B,
    ];
    expect(decideUndo(aRun({ because: "checks", ran, failed: undefined }))).toEqual({
      kind: "person",
      because: [
        "0001_a.up.sql has no down",
        "the down of 0002_b.up.sql has no rehearsal that passed for these texts on this server",
      ],
    });
  });
});

describe("a down", () => {
  test("that its transaction has undone needs nothing more", () => {
    expect(decideUndo(aRun({ direction: "down", failed: INSIDE, isAsItWas: true }))).toEqual({
      kind: "nothing",
    });
  });

  test.each([{ isAsItWas: false }, { because: "checks", isAsItWas: undefined }] as const)(
    "that left something, or after which there are new defects, is a person's: %j",
    (changes) => {
      expect(decideUndo(aRun({ direction: "down", ...changes }))).toEqual({
        kind: "person",
        because: ["a down has run, and no up runs by itself"],
      });
    },
  );
});

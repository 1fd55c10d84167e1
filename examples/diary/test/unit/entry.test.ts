import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_NOTE, readEntry } from "../../src/api/entry.ts";

const patientId = "00000000-0000-4000-8000-0000000000aa";

test("accepts an entry with and without a patient", () => {
  assert.deepEqual(readEntry({ mood: 3, note: "" }), { patientId: undefined, mood: 3, note: "" });
  assert.deepEqual(readEntry({ patientId, mood: 5, note: "x" }), { patientId, mood: 5, note: "x" });
});

test("says everything that is wrong at once", () => {
  assert.deepEqual(readEntry({ mood: 6, note: "x".repeat(LONGEST_NOTE + 1), patientId: "me", clinic: 1 }), {
    problems: [
      "clinic: unknown key",
      "mood: should be a whole number from 1 to 5",
      "note: should be a text of at most 10000 characters",
      "patientId: should be a UUID",
    ],
  });
});

test("refuses what is no object", () => {
  for (const body of [null, [], "text", 7]) {
    assert.deepEqual(readEntry(body), { problems: ["the body should be a JSON object"] });
  }
});

test("refuses a mood that is not a whole number", () => {
  for (const mood of ["3", 2.5, 0, Number.NaN, undefined]) {
    assert.deepEqual(readEntry({ mood, note: "" }), {
      problems: ["mood: should be a whole number from 1 to 5"],
    });
  }
});

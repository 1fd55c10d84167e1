import { expect, test } from "vitest";
import { PLAIN_HEADER } from "../../../src/core/migration/header.ts";
import type { Migration } from "../../../src/core/migration/types.ts";
import { demandRehearsals, readRehearsals } from "../../../src/core/rehearsal/demand-rehearsals.ts";
import type { KeptRehearsal } from "../../../src/core/rehearsal/types.ts";

const migration: Migration = {
  id: "0007_x",
  number: 7,
  up: { file: "0007_x.up.sql", sql: "", sha256: "up", header: PLAIN_HEADER },
  down: { file: "0007_x.down.sql", sql: "", sha256: "down", header: PLAIN_HEADER },
  irreversible: false,
  renderedSha256: "rendered",
};
const kept: KeptRehearsal = {
  id: "0007_x",
  upSha256: "up",
  downSha256: "down",
  renderedSha256: "rendered",
  postgres: "17.6",
  schemaBefore: "",
  schemaAfter: "",
};

test("lets pass what was rehearsed with these very texts on this major", () => {
  expect(demandRehearsals([migration], [kept], 17)).toEqual([]);
});

test.each([
  ["never rehearsed", [], 17, "MIGRATION_NOT_REHEARSED", "has no rehearsal that passed"],
  [
    "an edited down",
    [{ ...kept, downSha256: "other" }],
    17,
    "MIGRATION_NOT_REHEARSED",
    "was changed since its rehearsal",
  ],
  [
    "other SQL from the same file",
    [{ ...kept, renderedSha256: "other" }],
    17,
    "MIGRATION_NOT_REHEARSED",
    "was changed since its rehearsal",
  ],
  [
    "another major",
    [kept],
    18,
    "MIGRATION_REHEARSED_ELSEWHERE",
    "was rehearsed on Postgres 17.6 only, and this is 18",
  ],
])("refuses %s", (_what, proofs, major, code, says) => {
  expect(demandRehearsals([migration], proofs, major)).toEqual([
    {
      code,
      at: "0007_x.up.sql",
      says,
      hint: `run: slipway migrate rehearse --write --major=${major}, and commit rehearsals.json`,
    },
  ]);
});

test("reads only a list as Slipway writes it", () => {
  expect(readRehearsals({ schema: 1, rehearsals: [kept] })).toEqual([kept]);
  expect(readRehearsals({ schema: 2, rehearsals: [] })).toBeUndefined();
  expect(readRehearsals({ schema: 1, rehearsals: [{ ...kept, postgres: 17 }] })).toBeUndefined();
  expect(readRehearsals([])).toBeUndefined();
});

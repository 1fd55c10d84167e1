import { expect, test } from "vitest";
import {
  migrationRecord,
  unsignedWaivers,
  type RecordedWaiver,
} from "../../../src/core/migration/run-record.ts";

const SIGNED: RecordedWaiver = {
  rule: "LINT_ROW_SECURITY_OFF",
  at: "0002_b.up.sql",
  owner: "person-a",
  expires: "2027-01-31",
  signed: "w-1",
};
const NOTED = {
  ...SIGNED,
  rule: "REHEARSAL_ROWS_LOST",
  at: "0002_b.down.sql",
  owner: "the tech lead",
  signed: null,
};

const record = (direction: "up" | "down") =>
  migrationRecord({
    direction,
    ran: [
      { file: `0001_a.${direction}.sql`, seconds: 0.1 },
      { file: `0002_b.${direction}.sql`, seconds: 0.2, attempts: 2 },
    ],
    failed: undefined,
    known: ["0001_a", "0002_b"].map((id, index) => ({
      file: `${id}.up.sql`,
      downFile: `${id}.down.sql`,
      upSha256: "a",
      downSha256: "b",
      renderedSha256: "c",
      schemaBefore: null,
      schemaAfter: null,
      ...(index === 1 && { waivers: [SIGNED, NOTED] }),
    })),
    stayed: [],
    versionBefore: null,
    version: "0002_b",
    schemaBefore: "0",
    schema: "1",
    left: undefined,
    backup: null,
    seconds: 0.4,
  });

test("a record names what was let through of a migration, and whose signature that rests on", () => {
  expect(record("up").ran.map(({ file, attempts, waivers }) => [file, attempts, waivers])).toEqual([
    ["0001_a.up.sql", 1, undefined],
    ["0002_b.up.sql", 2, [SIGNED, NOTED]],
  ]);
});

test("what ran on a waiver that nobody signed is told, on the way up", () => {
  expect(unsignedWaivers(record("up"))).toEqual([
    "0002_b.up.sql ran on a waiver of REHEARSAL_ROWS_LOST by the tech lead that nobody has signed",
  ]);
  expect(unsignedWaivers(record("down"))).toEqual([]);
});

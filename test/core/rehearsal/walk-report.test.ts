import { expect, test } from "vitest";
import { describeWalk, walkReport, type WalkLeg } from "../../../src/core/rehearsal/walk-report.ts";
import type { SchemaSnapshot } from "../../../src/core/schema/types.ts";

const empty = { sha256: "0".repeat(64), snapshot: {} };
const full = { sha256: "f".repeat(64), snapshot: aSchema("bigint") };

function aSchema(type: string, position = 1): SchemaSnapshot {
  return { columns: [{ relation: "public.entries", name: "id", type, position }] };
}

function aLeg(direction: WalkLeg["direction"], over: Partial<WalkLeg> = {}): WalkLeg {
  const [from, to] = direction === "up" ? [empty, full] : [full, empty];
  return {
    direction,
    ran: [{ file: `0001_a.${direction}.sql`, seconds: 0.5 }],
    from,
    to,
    problem: undefined,
    ...over,
  };
}

test("up, down and up again pass when each comes to where the walk has been", () => {
  const report = walkReport("diary", "18.4", [aLeg("up"), aLeg("down"), aLeg("up")]);

  expect(report).toMatchObject({ outcome: "passed", problems: [], exitCode: 0 });
  expect(describeWalk(report)).toBe(
    [
      "went up, down, up in a database of its own on Postgres 18.4, which was dropped",
      "  up: 1 migration in 0.50 s, schema ffffffffffff",
      "  down: 1 migration in 0.50 s, schema 000000000000",
      "  up: 1 migration in 0.50 s, schema ffffffffffff",
    ].join("\n"),
  );
});

test("a way up is told file by file", () => {
  expect(describeWalk(walkReport("diary", "18.4", [aLeg("up")]))).toBe(
    [
      "went up in a database of its own on Postgres 18.4, which was dropped",
      "  up: 1 migration in 0.50 s, schema ffffffffffff",
      "    0.50 s  0001_a.up.sql",
    ].join("\n"),
  );
});

test("a down that leaves something, and an up that makes something else, are problems", () => {
  const other = { sha256: "e".repeat(64), snapshot: aSchema("integer") };
  const report = walkReport("diary", "18.4", [
    aLeg("up"),
    aLeg("down", { to: full }),
    aLeg("up", { to: other }),
  ]);

  expect(report).toMatchObject({ outcome: "failed", exitCode: 12 });
  expect(report.problems.map(({ code, at, says }) => ({ code, at, says }))).toEqual([
    {
      code: "ROUND_TRIP_STRAYED",
      at: "down",
      says: "the schema is not what it was: + column public.entries id",
    },
    {
      code: "ROUND_TRIP_STRAYED",
      at: "up again",
      says: "the schema is not what it was: ~ column public.entries id (type: bigint → integer)",
    },
  ]);
});

test("a down that stops at a migration without one is not held against the empty schema", () => {
  const ran = [
    { file: "0001_a.up.sql", seconds: 0 },
    { file: "0002_b.up.sql", seconds: 0 },
  ];
  const half = { sha256: "1".repeat(64), snapshot: { relations: [{ name: "public.a" }] } };
  const report = walkReport("diary", "18.4", [aLeg("up", { ran }), aLeg("down", { to: half }), aLeg("up")]);

  expect(report.problems).toEqual([]);
});

test("columns that come back in another order are not held against the walk", () => {
  const moved = { sha256: "d".repeat(64), snapshot: aSchema("bigint", 2) };
  const report = walkReport("diary", "18.4", [aLeg("up"), aLeg("down"), aLeg("up", { to: moved })]);

  expect(report.problems).toEqual([]);
});

test("a leg that failed is the problem, and nothing is compared", () => {
  const problem = { code: "MIGRATION_FAILED", at: "0001_a.down.sql:1", says: "no", hint: "mend it" };
  const report = walkReport("diary", "18.4", [aLeg("up"), aLeg("down", { to: full, ran: [], problem })]);

  expect(report).toMatchObject({ outcome: "failed", problems: [problem], exitCode: 12 });
  expect(describeWalk(report)).toMatch(/^failed on the way up, down in a database of its own/);
});

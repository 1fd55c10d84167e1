import { expect, test } from "vitest";
import { againstReport, describeAgainst } from "../../../src/core/schema/against-report.ts";
import { readSnapshotDocument, type SnapshotDocument } from "../../../src/core/schema/snapshot-document.ts";

function aSnapshot(over: Partial<SnapshotDocument> = {}): SnapshotDocument {
  const owner = over.owner ?? "owner";
  return {
    app: "diary",
    environment: null,
    owner,
    postgres: "18.4",
    sha256: "a".repeat(64),
    schema: { relations: [{ name: "public.entries", kind: "r", owner }] },
    ...over,
  };
}

test("two databases whose owners have different names have the same schema", () => {
  const report = againstReport(
    "kept.json",
    aSnapshot(),
    aSnapshot({ owner: "diary", environment: "staging", sha256: "b".repeat(64) }),
  );

  expect(report).toEqual({
    verdict: "same",
    app: "diary",
    environment: "staging",
    against: "kept.json",
    expected: "a".repeat(64),
    found: "b".repeat(64),
    changes: [],
    problems: [],
    exitCode: 0,
  });
  expect(describeAgainst(report)).toBe("the schema is that of kept.json (bbbbbbbbbbbb)");
});

test("a difference is told from the file to the database, and closes a gate", () => {
  const schema = { relations: [{ name: "public.by_hand", kind: "r", owner: "owner" }] };
  const report = againstReport("kept.json", aSnapshot(), aSnapshot({ schema }));

  expect(report).toMatchObject({
    verdict: "different",
    exitCode: 10,
    problems: [
      {
        code: "SCHEMA_DIFFERS",
        at: "database",
        says: "differs from kept.json in 2 places: + relation public.by_hand; - relation public.entries",
        hint: "put the difference into a migration, or take the snapshot again from what is right",
      },
    ],
  });
  expect(describeAgainst(report)).toBe(
    "the schema is not that of kept.json (+ only here, - only there, ~ differs)\n+ relation public.by_hand\n- relation public.entries",
  );
});

test("a snapshot of another major version is not compared", () => {
  const report = againstReport("kept.json", aSnapshot({ postgres: "17.9" }), aSnapshot());

  expect(report).toMatchObject({ verdict: "not comparable", exitCode: 10, changes: [] });
  expect(report.problems).toEqual([
    {
      code: "SNAPSHOT_OTHER_MAJOR",
      at: "kept.json",
      says: "was taken on Postgres 17.9, and this is 18.4, which describes the same schema in other words",
      hint: "take it again on Postgres 18",
    },
  ]);
  expect(describeAgainst(report)).toBe("the schema was not compared with kept.json");
});

const hash = () => "a".repeat(64);

test("a snapshot is read from its document", () => {
  expect(readSnapshotDocument(JSON.parse(JSON.stringify(aSnapshot())), "kept.json", hash)).toEqual(
    aSnapshot(),
  );
});

test.each([
  [null, "is no snapshot of a schema"],
  [[], "is no snapshot of a schema"],
  [{ ...aSnapshot(), owner: 1 }, "is no snapshot of a schema"],
  [{ ...aSnapshot(), schema: { relations: 1 } }, "is no snapshot of a schema"],
  [
    { ...aSnapshot(), sha256: "b".repeat(64) },
    "was changed after it was written: its schema has another hash",
  ],
])("refused as a snapshot: %j", (document, says) => {
  expect(() => readSnapshotDocument(document, "kept.json", hash)).toThrow(
    `kept.json: ${says} (make it with slipway migrate snapshot --json > kept.json)`,
  );
});

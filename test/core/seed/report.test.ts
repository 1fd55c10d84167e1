import { expect, test } from "vitest";
import { sentence } from "../../../src/core/errors.ts";
import { pendingBefore } from "../../../src/core/seed/pending.ts";
import { describeSeedReport, seedExit, sumWritten, type SeedReport } from "../../../src/core/seed/report.ts";
import { ownTablesProblem, secondRunProblem } from "../../../src/core/seed/second-run.ts";

const rows = (table: string, inserted = 0, updated = 0, deleted = 0) => ({
  table,
  inserted,
  updated,
  deleted,
});

const FILES = [
  {
    file: "reference/0001_languages.sql",
    sha256: "a".repeat(64),
    seconds: 0.013,
    wrote: [rows("public.languages", 12)],
  },
  {
    file: "practice/0001_clinics.sql",
    sha256: "b".repeat(64),
    seconds: 1.5,
    wrote: [rows("public.audit", 3), rows("public.clinics", 1, 2)],
  },
  { file: "practice/0002_more.sql", sha256: "c".repeat(64), seconds: 0, wrote: [] },
];

function aReport(changes: Partial<SeedReport>): SeedReport {
  return {
    outcome: "seeded",
    app: "diary",
    environment: "local",
    deploymentId: "d-1",
    dryRun: false,
    sets: ["reference", "practice"],
    files: FILES,
    wrote: sumWritten(FILES),
    problems: [],
    exitCode: 0,
    ...changes,
  };
}

test("adds up what files wrote, by table", () => {
  expect(sumWritten([{ wrote: [rows("b", 1), rows("a", 0, 1)] }, { wrote: [rows("b", 2, 0, 4)] }])).toEqual([
    rows("a", 0, 1),
    rows("b", 3, 0, 4),
  ]);
});

test("each end has its sentence", async () => {
  const none = { files: [], wrote: [] };
  const reports = [
    aReport({}),
    aReport({ outcome: "would-seed", dryRun: true, files: FILES.slice(0, 1) }),
    aReport({ outcome: "nothing-to-do", files: FILES.slice(2) }),
    aReport({ outcome: "nothing-to-do", sets: [], ...none }),
    aReport({ outcome: "refused", ...none }),
    aReport({ outcome: "failed", ...none }),
    aReport({ outcome: "interrupted", ...none }),
    aReport({ outcome: "busy", ...none }),
  ];
  await expect(`${reports.map(describeSeedReport).join("\n\n")}\n`).toMatchFileSnapshot(
    "../../golden/seeds/reports.txt",
  );
});

test("what runs into a problem has its sentence", async () => {
  const migration = (file: string) => ({ file, sha256: "a".repeat(64) });
  const many = ["a", "b", "c", "d", "e", "f"].map((table) => rows(table, 1));
  const problems = [
    pendingBefore("local", [migration("0007_a.up.sql")]),
    pendingBefore("local", [migration("0007_a.up.sql"), migration("0008_b.up.sql")]),
    secondRunProblem("practice/0001_a.sql", [rows("public.t", 2)]),
    secondRunProblem("practice/0001_a.sql", [rows("public.audit", 1), rows("public.t", 0, 1, 1)]),
    secondRunProblem("practice/0001_a.sql", many),
    ownTablesProblem("practice/0001_a.sql", [rows("public.t", 1), rows("slipway_ledger.records", 1)]),
  ];
  const told = problems.map((problem) => (problem === undefined ? "nothing" : sentence(problem)));
  await expect(`${told.join("\n")}\n`).toMatchFileSnapshot("../../golden/seeds/problems.txt");
  expect(ownTablesProblem("practice/0001_a.sql", [rows("public.slipway_ledger", 1)])).toBeUndefined();
});

test("a dry run that fails is a check that failed; else it was rolled back", () => {
  expect(seedExit("failed", true)).toBe(12);
  expect(seedExit("failed", false)).toBe(20);
  expect(seedExit("busy", false)).toBe(30);
  expect(seedExit("interrupted", true)).toBe(40);
  expect(seedExit("refused", false)).toBe(11);
  expect(seedExit("seeded", false)).toBe(0);
});

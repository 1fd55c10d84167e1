import { describe, expect, test } from "vitest";
import { describeMigratePlan, planReport, type PlanFacts } from "../../../src/core/migration/plan-report.ts";
import { aMigration } from "../../builders/a-migration.ts";

const UNMET = {
  code: "DATABASE_EXPECTATION_UNMET",
  at: "database/expect/tables",
  says: 'the database has no table "notes"',
  hint: "write a migration for it, or take it out of database.expect",
};

function someFacts(changes: Partial<PlanFacts> = {}): PlanFacts {
  return {
    level: "planned",
    app: "diary",
    environment: "local",
    applied: 1,
    pending: [aMigration("0002_notes")],
    seconds: new Map(),
    problems: [],
    ...changes,
  };
}

describe("what the app relies on, in a plan of migrations", () => {
  test("is not asked for without a database", () => {
    expect(planReport(someFacts({ level: "rendered" }))).toMatchObject({ unmet: null, exitCode: 0 });
  });

  test("is told when it is unmet so far, and refuses nothing while something is pending", () => {
    const report = planReport(someFacts({ unmet: [UNMET] }));
    expect(report).toMatchObject({ unmet: [UNMET], problems: [], exitCode: 0 });
    expect(describeMigratePlan(report)).toContain(
      '  not yet: database/expect/tables: the database has no table "notes" so far; it is asked for again after migrating',
    );
  });

  test("is a problem when nothing is pending that could bring it", () => {
    const report = planReport(someFacts({ pending: [], unmet: [UNMET] }));
    expect(report).toMatchObject({ problems: [UNMET], exitCode: 11 });
    expect(describeMigratePlan(report)).not.toContain("not yet");
  });
});

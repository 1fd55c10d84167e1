import { expect, test } from "vitest";
import { describeLint } from "../../../src/core/lint/lint-report.ts";
import type { Finding } from "../../../src/core/lint/types.ts";

const finding = (code: string, line: number, severity: "error" | "warning"): Finding => ({
  code,
  at: `0002_mail.up.sql:${line}`,
  says: `says what is wrong in line ${line}`,
  hint: "says what to do",
  severity,
  relation: null,
});

test("tells of each finding where it is and by which rule, and of a warning why and what to do", () => {
  const findings = [finding("LINT_GRANT_TO_PUBLIC", 2, "error"), finding("LINT_DYNAMIC_SQL", 7, "warning")];
  const report = { outcome: "errors", app: "diary", files: 4, findings, waived: [], skipped: [] } as const;
  const problems = findings.slice(0, 1);
  expect(describeLint({ ...report, problems, exitCode: 12 })).toBe(
    [
      "4 files: 1 error, 1 warning",
      "  0002_mail.up.sql:2: error, rule LINT_GRANT_TO_PUBLIC",
      "  0002_mail.up.sql:7: warning, rule LINT_DYNAMIC_SQL: says what is wrong in line 7",
      "    → says what to do",
    ].join("\n"),
  );
});

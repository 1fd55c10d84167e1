import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lineReporter } from "../../../src/adapters/local/line-reporter.ts";
import { appendStepSummary } from "../../../src/adapters/local/step-summary.ts";
import type { DeploymentReport } from "../../../src/core/deployment/report.ts";

test("the story is one line an event, with the time each step took", () => {
  const lines: string[] = [];
  const reporter = lineReporter((line) => lines.push(line));

  reporter.stepBegan("wait", "for our own rollout");
  reporter.note("api: 0 of 1 tasks run");
  reporter.stepEnded("wait", "done", "every task runs", 3210);
  reporter.stepEnded("migrate", "skipped", "no database", 0);
  reporter.stepEnded("smoke", "failed", "status 500", 20_000);
  reporter.problem({ code: "X", at: "GET /", says: "status 500", hint: "look" });

  expect(lines).toEqual([
    "  wait: for our own rollout",
    "    api: 0 of 1 tasks run",
    "✓ wait: every task runs (3.2 s)",
    "– migrate: no database (0.0 s)",
    "✗ smoke: status 500 (20 s)",
    "  GET /: status 500\n    → look",
  ]);
});

test("a run in GitHub Actions adds its steps and problems to the summary", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-summary-"));
  const file = join(folder, "summary.md");
  const report: DeploymentReport = {
    outcome: "rolled-back",
    purpose: "deploy",
    app: "diary",
    environment: "staging",
    release: "sha-b",
    version: "2.0.0",
    previous: "sha-a",
    running: "sha-a",
    deploymentId: "d-1",
    url: null,
    steps: [{ step: "smoke", seconds: 2, outcome: "failed" }],
    problems: [{ code: "SMOKE_FAILED", at: "GET /", says: "status 500", hint: "" }],
    anchored: true,
    exitCode: 20,
  };

  await appendStepSummary(file, report);
  const text = readFileSync(file, "utf8");
  rmSync(folder, { recursive: true });

  expect(text).toBe(`### deploy to staging: rolled-back

diary 2.0.0 (sha-b) failed in staging and was rolled back; sha-a serves

| step | outcome | seconds |
| --- | --- | ---: |
| smoke | failed | 2.0 |

- GET /: status 500

`);
});

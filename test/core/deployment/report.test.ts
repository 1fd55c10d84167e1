import { describe, expect, test } from "vitest";
import { describeReport, exitKind, type DeploymentReport } from "../../../src/core/deployment/report.ts";
import { describeStatus, type StatusReport } from "../../../src/core/deployment/status-report.ts";
import { EXIT_CODES } from "../../../src/core/errors.ts";
import { schemaLeft } from "../../../src/core/migration/schema-left.ts";
import { aRelease } from "../../builders/a-release.ts";

const [V1, V2] = [aRelease(1), aRelease(2)];

const OUTCOMES: Readonly<Record<DeploymentReport["outcome"], string | null>> = {
  deployed: V2.id,
  "nothing-to-do": V2.id,
  refused: V1.id,
  "rolled-back": V1.id,
  "rollback-failed": null,
  gated: "sha-0000000-20260101-000000",
  stopped: null,
  interrupted: V1.id,
  failed: null,
};

describe("the answer as people read it", () => {
  test.each(Object.entries(OUTCOMES) as [DeploymentReport["outcome"], string | null][])(
    "%s",
    async (outcome, running) => {
      const report: DeploymentReport = {
        outcome,
        purpose: "deploy",
        app: "diary",
        environment: "local",
        release: V2.id,
        version: V2.version,
        previous: V1.id,
        running,
        deploymentId: "d-1",
        url: "http://127.0.0.1:8080",
        steps: [
          { step: "migrate", seconds: 0.41, outcome: "skipped" },
          { step: "wait", seconds: 12.3, outcome: "done" },
        ],
        problems: [],
        anchored: true,
        exitCode: EXIT_CODES[exitKind(outcome)].code,
      };

      await expect(`${describeReport(report)}\n`).toMatchFileSnapshot(`../../golden/reports/${outcome}.txt`);
    },
  );
});

describe("the status as people read it", () => {
  const STATUS: StatusReport = {
    app: "diary",
    environment: "local",
    release: V1.id,
    version: "1.0.0",
    commit: V1.commit,
    since: "2026-01-31T12:00:00Z",
    components: [
      {
        component: "api",
        url: "http://127.0.0.1:8080",
        running: { revision: "api:1", image: "x", desired: 2, running: 2, underWay: undefined },
        recorded: "api:1",
        drifted: false,
      },
    ],
    lease: null,
    holds: [],
    reviews: [],
    unanchored: 0,
    schemaLeft: null,
    migrationLeft: null,
    deployments: [
      {
        deploymentId: "d-2",
        purpose: "deploy",
        releaseId: V2.id,
        version: "2.0.0",
        actor: "arn:aws:iam::000000000000:user/slipway",
        outcome: undefined,
        startedAt: "2026-01-31T12:05:00Z",
        endedAt: undefined,
      },
    ],
  };

  test.each<[string, Partial<StatusReport>]>([
    ["calm", {}],
    ["never-deployed", { release: null, version: null, since: null, components: [], deployments: [] }],
    [
      "held",
      {
        lease: {
          holder: "somebody on host, process 7",
          fence: 7,
          purpose: `deploy ${V2.id}`,
          link: "https://ci.example/runs/7",
          takenAt: "2026-01-31T12:05:00Z",
          expiresAt: "2026-01-31T12:05:20Z",
        },
      },
    ],
    [
      "to-look-into",
      {
        holds: [{ id: "h-1", reason: "incident 12", by: "person-a", at: Date.parse("2026-01-31T12:01:00Z") }],
        reviews: [
          {
            id: "r-1",
            deploymentId: "d-1",
            because: "logins fail for everybody",
            by: "person-b",
            at: Date.parse("2026-01-31T12:02:00Z"),
          },
        ],
        unanchored: 3,
      },
    ],
    [
      "schema-left",
      {
        schemaLeft: {
          deploymentId: "d-2",
          run: "deployment",
          at: "2026-01-31T12:06:00Z",
          schemaBefore: "a".repeat(64),
          problem: schemaLeft({
            at: "0007_detach.up.sql",
            changes: ["- constraint public.days_1 days_1_day_check"],
            because: ["0007_detach.up.sql has no down"],
            restore: 'pg_restore --exit-on-error --dbname="$RESTORE_URL" /backups/diary.dump',
          }),
        },
      },
    ],
    [
      "migration-left",
      {
        schemaLeft: {
          deploymentId: "d-3",
          run: "migrate up",
          at: "2026-01-31T12:06:00Z",
          schemaBefore: "a".repeat(64),
          problem: schemaLeft({
            at: "0007_detach.up.sql",
            changes: [],
            because: ["its down has failed"],
            restore: undefined,
          }),
        },
        migrationLeft: {
          deploymentId: "d-4",
          run: "migrate down",
          how: "not ended",
          at: "2026-01-31T12:07:00Z",
          actor: "arn:aws:iam::000000000000:user/slipway",
          left: "nobody knows how far it came (down to 0003_mail)",
          next: "slipway migrate down --env=local --to=0003_mail",
        },
      },
    ],
    [
      "drifted",
      {
        components: [
          {
            component: "api",
            url: null,
            running: { revision: "by-hand:7", image: "x", desired: 2, running: 1, underWay: undefined },
            recorded: "api:1",
            drifted: true,
          },
          { component: "mcp", url: null, running: null, recorded: "mcp:1", drifted: true },
        ],
      },
    ],
  ])("%s", async (name, changes) => {
    await expect(`${describeStatus({ ...STATUS, ...changes })}\n`).toMatchFileSnapshot(
      `../../golden/status/${name}.txt`,
    );
  });
});

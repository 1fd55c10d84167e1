import { beforeEach, describe, expect, test } from "vitest";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy } from "./run.ts";

const V1 = aRelease(1);
const V2 = aRelease(2, {
  migrations: [...V1.migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
});

let world: World;
beforeEach(() => {
  world = new World();
  world.publish(V1);
});

describe("a first deployment", () => {
  test("migrates, brings the release up, proves it, and records every step", async () => {
    const report = await runDeploy(world, V1);

    expect(report).toEqual({
      outcome: "deployed",
      purpose: "deploy",
      app: "diary",
      environment: "local",
      release: V1.id,
      version: "1.0.0",
      previous: null,
      running: V1.id,
      deploymentId: "deployment-1",
      url: "http://diary-local-api",
      steps: [
        "parse",
        "identity",
        "lease",
        "gates",
        "verify",
        "migrate",
        "stage",
        "shift",
        "wait",
        "smoke",
        "commit",
        "anchor",
      ].map((step) => ({ step, seconds: expect.any(Number), outcome: "done" })),
      problems: [],
      anchored: true,
      exitCode: 0,
    });
    expect(world.serving).toBe("1.0.0");
    expect(world.migrations.applied).toEqual(["0001_entries.up.sql"]);
    expect(world.ledger.story()).toEqual([
      "deployment intent",
      ...["gates", "verify", "migrate", "stage", "shift", "wait", "smoke", "commit"].flatMap((s) => [
        `${s} intent`,
        `${s} done`,
      ]),
      "deployment deployed",
    ]);
    expect(await world.ledger.lastKnownGood()).toMatchObject({
      release: V1,
      revisions: { api: "diary-local-api:1" },
    });
  });

  test("frees the lease and closes the database", async () => {
    await runDeploy(world, V1);

    expect(await world.ledger.current()).toBeUndefined();
    expect(world.migrations.opened).toBe(0);
  });

  test.each(["crashes", "hangs", "fails-smoke"] as const)(
    "that %s has nothing to go back to: it is stopped, and says so",
    async (behaviour) => {
      world.platform.behaviours.set("1.0.0", behaviour);

      const report = await runDeploy(world, V1);

      expect(report).toMatchObject({ outcome: "stopped", exitCode: 20, running: null });
      expect(world.serving).toBeUndefined();
      expect(world.platform.services.get("diary-local-api")).toMatchObject({ desired: 0 });
      expect(await world.ledger.lastKnownGood()).toBeUndefined();
    },
  );

  test("that was stopped can be tried again with a release that serves", async () => {
    world.platform.behaviours.set("1.0.0", "crashes");
    await runDeploy(world, V1);

    const report = await runDeploy(world, world.publish(V2));

    expect(ending(report)).toEqual({ outcome: "deployed", exitCode: 0, running: V2.id, problems: [] });
    expect(world.serving).toBe("2.0.0");
  });
});

describe("an upgrade", () => {
  beforeEach(async () => {
    await runDeploy(world, V1);
    world.publish(V2);
    world.platform.mutations.length = 0;
  });

  test("moves one service once and remembers what was before", async () => {
    const report = await runDeploy(world, V2);

    expect(report).toMatchObject({ outcome: "deployed", previous: V1.id, running: V2.id });
    expect(world.platform.mutations).toEqual([
      "stage diary-local-api:2",
      "shift diary-local-api to diary-local-api:2",
    ]);
    expect(world.serving).toBe("2.0.0");
  });

  test("to the release that runs has nothing to do and writes nothing", async () => {
    const written = world.ledger.appended.length;

    const report = await runDeploy(world.publish(V1) && world, V1);

    expect(report).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, deploymentId: null });
    expect(world.platform.mutations).toEqual([]);
    expect(world.ledger.appended).toHaveLength(written);
  });

  test("to the release that was recorded puts a drifted service back", async () => {
    const service = world.platform.services.get("diary-local-api");
    Object.assign(service ?? {}, { revision: "by-hand:1" });

    const report = await runDeploy(world.publish(V1) && world, V1);

    expect(report).toMatchObject({ outcome: "deployed", running: V1.id });
    expect(world.platform.mutations).toEqual(["shift diary-local-api to diary-local-api:1"]);
    expect(world.told).toContain("not as it was left: api");
  });

  test("that fails its smoke test is rolled back to the release before, schema as migrated", async () => {
    world.platform.behaviours.set("2.0.0", "fails-smoke");

    const report = await runDeploy(world, V2);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: ["SMOKE_FAILED GET http://diary-local-api/healthz: GET /healthz: status 500, expected 200"],
    });
    expect(report.url).toBe("http://diary-local-api");
    expect(world.serving).toBe("1.0.0");
    expect(world.migrations.applied).toEqual(["0001_entries.up.sql", "0002_notes.up.sql"]);
    expect(world.ledger.story().slice(-9)).toEqual([
      "smoke intent",
      "smoke failed",
      "rollback-shift intent",
      "rollback-shift done",
      "rollback-wait intent",
      "rollback-wait done",
      "rollback-smoke intent",
      "rollback-smoke done",
      "deployment rolled-back",
    ]);
    expect((await world.ledger.lastKnownGood())?.release.id).toBe(V1.id);
  });

  test("that fails twice names the tasks of its own attempt only", async () => {
    world.platform.behaviours.set("2.0.0", "crashes");
    await runDeploy(world, V2);

    const report = await runDeploy(world, V2);

    expect(ending(report).problems).toEqual([
      "ROLLOUT_ROLLED_BACK diary-local-api: the platform rolled it back: tasks failed to start",
      expect.stringMatching(/^TASK_STOPPED diary-local-api\/task-rollout-[^2]: /),
    ]);
  });

  test("that the platform rolls back by itself is a failure with the platform's reason and the task's exit code", async () => {
    world.platform.behaviours.set("2.0.0", "crashes");

    const report = await runDeploy(world, V2);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: [
        "ROLLOUT_ROLLED_BACK diary-local-api: the platform rolled it back: tasks failed to start",
        "TASK_STOPPED diary-local-api/task-rollout-2: Essential container exited, exit code 1",
      ],
    });
    expect(world.platform.mutations.filter((call) => call.startsWith("shift"))).toHaveLength(1);
    expect(world.serving).toBe("1.0.0");
  });

  test("that never becomes healthy is given up at its deadline and rolled back", async () => {
    world.platform.behaviours.set("2.0.0", "hangs");

    const report = await runDeploy(world, V2);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: ["ROLLOUT_TIMED_OUT diary-local-api: 0 of 1 tasks run after 600 s (in-progress)"],
    });
    expect(world.serving).toBe("1.0.0");
  });

  test("whose rollback fails as well says so and exits 21", async () => {
    world.platform.behaviours.set("2.0.0", "fails-smoke");
    world.onStep = (step) => {
      if (step === "rollback-shift") world.platform.behaviours.set("1.0.0", "fails-smoke");
    };

    const report = await runDeploy(world, V2);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: null });
    expect(report.problems.map(({ code }) => code)).toEqual(["SMOKE_FAILED", "SMOKE_FAILED"]);
    expect(world.ledger.story().at(-1)).toBe("deployment rollback-failed");
  });

  test("whose migration fails leaves the service alone and the schema as it was", async () => {
    world.migrations.failsAt = "0002_notes.up.sql";

    const report = await runDeploy(world, V2);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: ['MIGRATION_FAILED 0002_notes.up.sql: column "note" does not exist; the schema is as it was'],
    });
    expect(world.platform.mutations).toEqual([]);
    expect(world.migrations.applied).toEqual(["0001_entries.up.sql"]);
    expect(world.serving).toBe("1.0.0");
  });
});

describe("what is missing is found before anything moves", () => {
  const REFUSED = { outcome: "refused", exitCode: 11 };

  test.each<[string, string, (world: World) => void]>([
    ["an image that is in no registry", "IMAGE_MISSING", (it) => it.images.clear()],
    [
      "a registry that answers with another digest",
      "IMAGE_DIFFERS",
      (it) => it.images.forEach((_, image) => it.images.set(image, `sha256:${"f".repeat(64)}`)),
    ],
    [
      "a registry that does not answer",
      "AWS_FAULT",
      (it) => {
        const problem = { code: "AWS_FAULT", at: "aws/ecr", says: "an internal error", hint: "try again" };
        it.images.get = () => {
          throw new SlipwayError(problem, "verifyFailed");
        };
      },
    ],
    ["a secret that does not exist", "SECRET_MISSING", (it) => it.secrets.delete("diary/local/database-url")],
    [
      "a migration that was edited after it ran",
      "MIGRATION_EDITED",
      (it) => (it.migrations.refuses = "0001.sql"),
    ],
  ])("%s", async (_what, code, breakIt) => {
    breakIt(world);

    const report = await runDeploy(world, V1);

    expect(report).toMatchObject({ ...REFUSED, problems: [{ code }] });
    expect(world.platform.mutations).toEqual([]);
    expect(world.migrations.applied).toEqual([]);
  });

  test("a secret that only the smoke test needs", async () => {
    const headers = { authorization: "Bearer {secret:diary/{env}/smoke-token}" };
    const config = aConfig({ environments: { local: { cloud: "local", smoke: [{ path: "/", headers }] } } });

    const report = await runDeploy(world, V1, { config });

    expect(report).toMatchObject({
      ...REFUSED,
      problems: [
        {
          code: "SECRET_MISSING",
          at: "environments/local/smoke/0/headers",
          says: 'there is no secret "diary/local/smoke-token"',
        },
      ],
    });
    expect(world.platform.mutations).toEqual([]);
  });

  test("the revision that a rollback would return to", async () => {
    await runDeploy(world, V1);
    world.platform.forget("diary-local-api:1");
    world.platform.mutations.length = 0;

    const report = await runDeploy(world, world.publish(V2));

    expect(report).toMatchObject({
      ...REFUSED,
      running: V1.id,
      problems: [{ code: "ROLLBACK_TARGET_MISSING" }],
    });
    expect(world.platform.mutations).toEqual([]);
  });

  test("credentials of another region", async () => {
    world.caller = { ...world.caller, region: "eu-west-1" };

    await expect(runDeploy(world, V1)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "WRONG_REGION", at: "environments/local/region" }],
    });
    expect(world.ledger.appended).toEqual([]);
  });

  test("credentials of another account", async () => {
    const config = aConfig();
    const local = { ...environmentOf(config), account: "123456789012" };

    await expect(
      runDeploy(world, V1, { config: { ...config, environments: { local } } }),
    ).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "WRONG_ACCOUNT", at: "environments/local/account" }],
    });
    expect(world.ledger.appended).toEqual([]);
  });

  test("a release whose migrations differ from the files on disk", async () => {
    world.migrations.files = [{ file: "0001_entries.up.sql", sha256: "9".repeat(64) }];

    await expect(runDeploy(world, V1)).rejects.toMatchObject({
      exit: "usage",
      problems: [{ code: "RELEASE_REFUSED", at: "migrations/0001_entries.up.sql" }],
    });
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aMigration } from "../builders/a-migration.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy, runPlan } from "./run.ts";

const NEVER = new AbortController().signal;
const V1 = aRelease(1);
const refusing = aConfigWith({ migrations: { drift: "refuse" } });

let world: World;
beforeEach(() => {
  world = new World();
  world.publish(V1);
});

function up(config = aConfigWith({})) {
  const { ports } = world.process();
  return migrateUp({ config, environment: environmentOf(config) }, ports, { stop: NEVER, leave: NEVER });
}

describe("a schema that somebody changed by hand", () => {
  const SAYS =
    "differs from what 0001_entries left in 2 places: ~ column public.entries mood (type: smallint → integer); - column public.entries note";
  beforeEach(() => {
    const snapshot = {
      columns: [
        { on: "public.entries", name: "mood", type: "smallint" },
        { on: "public.entries", name: "note", type: "text" },
      ],
    };
    world.inspection.kept = { kind: "kept", migration: "0001_entries", sha256: "kept", snapshot };
    world.inspection.snapshot = { columns: [{ on: "public.entries", name: "mood", type: "integer" }] };
  });

  test("stops a deployment before it migrates, and says what differs", async () => {
    const report = await runDeploy(world, V1, { config: refusing });

    expect(report).toMatchObject({ outcome: "refused", exitCode: 11, running: null });
    const lines = report.problems.map(({ code, at, says, hint }) => `${code} ${at}: ${says}\n  ${hint}\n`);
    await expect(lines.join("")).toMatchFileSnapshot("../golden/migrations/schema-drifted.txt");
    expect(world.migrations.applied).toEqual([]);
    expect(world.platform.mutations).toEqual([]);
    expect(world.inspection.opened).toBe(0);
  });

  test("is a problem of the plan", async () => {
    expect((await runPlan(world, V1, { config: refusing })).problems).toMatchObject([{ says: SAYS }]);
  });

  test("stops migrate up", async () => {
    expect(await up(refusing)).toMatchObject({ outcome: "refused", problems: [{ code: "SCHEMA_DRIFTED" }] });
    expect(world.migrations.applied).toEqual([]);
  });

  test("is told where the policy only notes it", async () => {
    expect(await runDeploy(world, V1)).toMatchObject({ outcome: "deployed" });
    expect(world.told).toContain(`the database ${SAYS}`);
  });

  test("is not looked for where the policy ignores it", async () => {
    const config = aConfigWith({ migrations: { drift: "ignore" } });
    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "deployed" });
    expect(world.told.join("\n")).not.toContain("differs");
  });
});

test("tells that a database was restored to an earlier state, in the plan and in migrate up", async () => {
  await runDeploy(world, V1);
  world.migrations.applied.length = 0;

  const says = /^the database lacks 0001_entries, which it had when .+ was good here \(.+\): it was restored/;
  const times = () => world.told.filter((line) => says.test(line)).length;
  await runPlan(world, V1);
  expect(times()).toBe(1);
  await up();
  expect(times()).toBe(2);
  expect(world.migrations.applied).toEqual(["0001_entries.up.sql"]);
});

test("a schema of which nothing was kept lets the deployment in, with a note", async () => {
  world.inspection.kept = { kind: "unknown", migration: "0001_entries" };
  expect(await runDeploy(world, V1, { config: refusing })).toMatchObject({ outcome: "deployed" });
  expect(world.told).toContain(
    "what 0001_entries left was not kept, so there is nothing to compare with ({})",
  );
});

test("an index that was begun and not ended does not count as drift: the run that mends it is let in", async () => {
  world.inspection.kept = { kind: "unfinished", migration: "0002_index" };
  world.inspection.snapshot = { indexes: [{ name: "entries_by_mood" }] };
  expect(await runDeploy(world, V1, { config: refusing })).toMatchObject({ outcome: "deployed" });
});

test("a schema whose kept description was forged stops a deployment", async () => {
  world.inspection.kept = { kind: "forged", migration: "0001_entries", sha256: "f" };
  expect(await runDeploy(world, V1, { config: refusing })).toMatchObject({
    outcome: "refused",
    problems: [{ code: "SCHEMA_SNAPSHOT_FORGED" }],
  });
});

describe("a contract migration whose time has not come", () => {
  const contract = { file: "0003_drop.up.sql", sha256: "c".repeat(64), phase: "contract" } as const;
  const expand = { file: "0002_add.up.sql", sha256: "b".repeat(64) };
  const V2 = aRelease(2, { migrations: [...V1.migrations, expand] });
  const V3 = aRelease(3, { migrations: V2.migrations });
  const V4 = aRelease(4, { migrations: [...V2.migrations, contract] });
  const waits = () => {
    world.publish(V4);
    world.inspection.pending = [aMigration("0003_drop", { phase: "contract", contracts: "0002_add" })];
  };

  test("is refused while the release that expanded still runs, and runs when a later one is good", async () => {
    await runDeploy(world, V1);
    await runDeploy(world, world.publish(V2));
    waits();
    expect(ending(await runDeploy(world, V4))).toEqual({
      outcome: "refused",
      exitCode: 11,
      running: V2.id,
      problems: [
        `CONTRACT_TOO_EARLY 0003_drop.up.sql: 2.0.0 (${V2.id}) runs here and is the first with 0002_add, so it may still need the old shape`,
      ],
    });
    expect(await up()).toMatchObject({ outcome: "refused", problems: [{ code: "CONTRACT_TOO_EARLY" }] });
    expect(world.migrations.applied).not.toContain("0003_drop.up.sql");

    world.inspection.pending = [];
    await runDeploy(world, world.publish(V3));
    waits();
    expect(await runDeploy(world, V4)).toMatchObject({ outcome: "deployed" });
    expect(world.migrations.applied).toContain("0003_drop.up.sql");
  });
});

import { beforeEach, expect, test } from "vitest";
import { status } from "../../src/actions/status.ts";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import { sentence } from "../../src/core/errors.ts";
import { aConfig, aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runResume } from "./run.ts";

const B = "0002_b.up.sql";
const V1 = aRelease(1);
const V2 = aRelease(2, { migrations: [...V1.migrations, { file: B, sha256: "b".repeat(64) }] });
const config = aConfigWith({ backup: { kind: "rds-snapshot", instance: "diary" } });

let world: World;
let failed: DeploymentReport;

// V2 leaves an index behind that its down does not take away.
beforeEach(async () => {
  world = new World();
  await runDeploy(world, world.publish(V1));
  world.publish(V2);
  world.migrations.outside = [B];
  world.migrations.failsAt = B;
  world.migrations.leavesBehind = "+ index public.t_by_a";
  world.migrations.downFailsAt = B;
  failed = await runDeploy(world, V2, { config });
});

function askStatus() {
  return status({ config, environment: environmentOf(config) }, world.process().ports);
}

test("the deployment says where, what, and what next", async () => {
  const id = failed.deploymentId ?? "";
  const [, , last] = failed.problems;
  const told = last === undefined ? "" : sentence(last).replaceAll(id, "<deployment>");
  await expect(`${told}\n`).toMatchFileSnapshot("../golden/migrations/schema-not-as-it-was.txt");
});

test("status tells it, with the way back", async () => {
  expect((await askStatus()).schemaLeft).toEqual({
    deploymentId: failed.deploymentId,
    run: "deployment",
    at: expect.any(String) as string,
    schemaBefore: "schema after 0001_entries.up.sql",
    problem: failed.problems.at(-1),
  });
});

test("resume does nothing but say it again, as long as nobody has brought the schema back", async () => {
  const moves = world.platform.mutations.length;
  for (let again = 0; again < 2; again += 1) {
    const report = await runResume(world, { config });
    expect(report).toMatchObject({
      outcome: "rollback-failed",
      exitCode: 21,
      release: V2.id,
      running: V1.id,
      problems: [failed.problems.at(-1)],
    });
  }
  expect(world.platform.mutations).toHaveLength(moves);
  expect(await world.ledger.deployments("diary", "local", 10)).toHaveLength(2);
});

test("resume proves the old release once a person has brought the schema back, and then there is nothing to do", async () => {
  world.migrations.mend();
  expect(await runResume(world, { config })).toMatchObject({ exitCode: 0, running: V1.id, problems: [] });
  expect(await runResume(world, { config })).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
  expect((await askStatus()).schemaLeft).toBeNull();
});

test("resume brings the code back all the same when that is off its ground, too", async () => {
  const service = world.platform.services.get("diary-local-api");
  Object.assign(service ?? {}, { revision: "by-hand:7" });
  const report = await runResume(world, { config });
  expect(report).toMatchObject({ purpose: "rollback", running: V1.id });
  expect(world.told.join("\n")).toContain("the schema is not as it was before");
});

test("the next deployment is told what the last one has left, and ends well once it is mended", async () => {
  await runDeploy(world, V2, { config });
  expect(world.told).toContain(`${failed.deploymentId} has left this: ${failed.problems.at(-1)?.says}`);

  world.migrations.mend();
  world.migrations.failsAt = undefined;
  expect(await runDeploy(world, V2, { config })).toMatchObject({ outcome: "deployed" });
  expect((await askStatus()).schemaLeft).toBeNull();
});

test("an environment in order has nothing of the kind in its status", async () => {
  const calm = new World();
  await runDeploy(calm, calm.publish(V1));
  const plain = aConfig();
  const { ports } = calm.process();
  expect((await status({ config: plain, environment: environmentOf(plain) }, ports)).schemaLeft).toBeNull();
});

import { describe, expect, test } from "vitest";
import { aConfigWith } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import type { FakeProcess, World } from "../fakes/world.ts";
import { runDeploy, runResume, runRollback } from "./run.ts";
import { expectAtRest, rest, V1, V2, worldAtV1 } from "./upgrade-world.ts";

async function callsOf(run: (world: World, process: FakeProcess) => Promise<unknown>, world: World) {
  const process = world.process();
  await run(world, process);
  return process.calls();
}

describe.each(["before", "after"] as const)(
  "killed at any call, %s it had its effect, one resume",
  (when) => {
    test("brings the new release up, or leaves the old one, and a second one changes nothing", async () => {
      const deploy = (world: World, process: FakeProcess) => runDeploy(world, V2, { process });
      const calls = await callsOf(deploy, await worldAtV1());
      const ends = new Set<string | null>();

      for (let at = 1; at <= calls; at++) {
        const world = await worldAtV1();
        void deploy(world, world.process({ at, when })).catch(() => undefined);
        await rest();
        const begun = (await world.ledger.deployments("diary", "local", 1))[0]?.releaseId === V2.id;

        const report = await runResume(world);

        expect({ at, exitCode: report.exitCode, running: report.running, serving: world.serving }).toEqual(
          begun
            ? { at, exitCode: 0, running: V2.id, serving: "2.0.0" }
            : { at, exitCode: 0, running: V1.id, serving: "1.0.0" },
        );
        ends.add(report.running);
        await expectAtRest(world);
      }
      expect(ends).toEqual(new Set([V1.id, V2.id]));
    });

    test("brings the old release back when the new one is broken", async () => {
      // The fake clock beats twice a second: less to wait for, less to do.
      const config = aConfigWith({ smokeTimeoutSeconds: 1 });
      const deploy = (world: World, process: FakeProcess) => runDeploy(world, V2, { process, config });
      const calls = await callsOf(deploy, await worldAtV1("fails-smoke", config));

      for (let at = 1; at <= calls; at++) {
        const world = await worldAtV1("fails-smoke", config);
        void deploy(world, world.process({ at, when })).catch(() => undefined);
        await rest();

        const report = await runResume(world, { config });

        expect({ at, ok: [0, 20].includes(report.exitCode), serving: world.serving }).toEqual({
          at,
          ok: true,
          serving: "1.0.0",
        });
        await expectAtRest(world, config);
      }
    });

    test("ends a rollback where it was to end, never one further back", async () => {
      const prepare = async () => {
        const world = await worldAtV1();
        await runDeploy(world, V2);
        await runDeploy(world, world.publish(aRelease(3, { migrations: V2.migrations })));
        return world;
      };
      const back = (world: World, process: FakeProcess) => runRollback(world, undefined, { process });
      const calls = await callsOf(back, await prepare());

      for (let at = 1; at <= calls; at++) {
        const world = await prepare();
        void back(world, world.process({ at, when })).catch(() => undefined);
        await rest();
        const begun = (await world.ledger.deployments("diary", "local", 1))[0]?.purpose === "rollback";

        const report = await runResume(world);

        const expected = begun ? "2.0.0" : "3.0.0";
        expect({ at, exitCode: report.exitCode, serving: world.serving }).toEqual({
          at,
          exitCode: 0,
          serving: expected,
        });
        await expectAtRest(world);
      }
    });

    test("which is killed itself is ended by the next one", async () => {
      const killed = await worldAtV1();
      void runDeploy(killed, V2, { process: killed.process({ at: 60, when }) }).catch(() => undefined);
      await rest();
      const calls = await callsOf((world, process) => runResume(world, { process }), killed);

      for (let at = 1; at <= calls; at += 3) {
        const world = await worldAtV1();
        void runDeploy(world, V2, { process: world.process({ at: 60, when }) }).catch(() => undefined);
        await rest();
        void runResume(world, { process: world.process({ at, when }) }).catch(() => undefined);
        await rest();

        const report = await runResume(world);

        expect({ at, exitCode: report.exitCode, serving: world.serving }).toEqual({
          at,
          exitCode: 0,
          serving: "2.0.0",
        });
        await expectAtRest(world);
      }
    });
  },
);

import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { observePlatform } from "../lab/platform.ts";
import { untilStopped } from "../lab/until-stopped.ts";
import type { RunChanges } from "../lab/world.ts";
import { Dice } from "../dice.ts";
import { attackCell } from "./attack-cell.ts";
import { honestEnd } from "./aws-sweep.ts";
import type { Cell } from "./cell.ts";
import type { CleanRuns } from "./clean-run.ts";
import { crashPoints } from "./crash-points.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** What goes wrong around a run that goes on: another's hands, a bad version, a slow cloud, an anchor that is down. */
export function rough(clean: CleanRuns): Cell[] {
  return [
    foreignRollout(clean),
    attackCell("F12/upgrade/new-version-dies", true, {
      strike: async (world) => [await world.run(["deploy", 4])],
      mayEnd: ["old"],
      expect: ([run]) => (run?.exitCode === 20 ? [] : [`exit ${run?.exitCode ?? run?.signal}, not 20`]),
    }),
    ...[0.01, 0.1, 0.5].map((share) =>
      attackCell(`F8/upgrade/throttled/${share * 100}-percent`, share === 0.1, {
        strike: async (world, { verb }) => {
          const dice = new Dice(Math.round(share * 1000));
          return [await world.run(verb, { choose: () => (dice.next() < share ? "throttle" : undefined) })];
        },
        mayEnd: ["new", "old"],
        expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
      }),
    ),
    attackCell("F9/upgrade/hangs-after-effect/UpdateService", false, {
      strike: async (world, { verb }) => {
        let isFirst = true;
        const choose: RunChanges["choose"] = ({ operation }) => {
          if (operation !== "UpdateService" || !isFirst) return undefined;
          isFirst = false;
          return "hang-after-effect";
        };
        return [await world.run(verb, { choose })];
      },
      mayEnd: ["new", "old"],
      expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
    }),
    ...[HOUR_MS, -HOUR_MS, 10 * YEAR_MS, -10 * YEAR_MS].map((ms) =>
      attackCell(`F25/upgrade/own-clock/${ms / HOUR_MS}-h`, false, {
        strike: async (world, { verb }) => [await world.run(verb, { ownClockMs: ms })],
        mayEnd: ["new", "old"],
        expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
      }),
    ),
    anchorCell("down", (folder) => {
      renameSync(folder, `${folder}.kept`);
      writeFileSync(folder, "not a folder");
      return () => {
        rmSync(folder);
        renameSync(`${folder}.kept`, folder);
      };
    }),
    anchorCell("wrong-bytes", (folder) => {
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile());
      const kept = files.map((path) => [path, `${path}.kept`] as const);
      for (const [path, aside] of kept) {
        renameSync(path, aside);
        writeFileSync(path, "these are not the bytes that were anchored\n");
      }
      return () => {
        for (const [path, aside] of kept) renameSync(aside, path);
      };
    }),
  ];
}

// Without its anchor a deployment is not reported as done; once the anchor is back, the next run ends it.
function anchorCell(name: string, damage: (folder: string) => () => void): Cell {
  return attackCell(`F30/upgrade/anchor/${name}`, true, {
    strike: async (world, { verb }) => {
      const folder = join(world.folder, ".local/state/slipway/anchors");
      if (!existsSync(folder)) return [await world.run(verb)];
      const mend = damage(folder);
      const run = await world.run(verb);
      mend();
      return [run];
    },
    mayEnd: ["new", "old"],
    expect: ([run]) => (run?.exitCode === 0 ? ["success was reported without an anchor"] : []),
  });
}

// Somebody points the service back at the old revision while the product waits for its own rollout.
function foreignRollout(clean: CleanRuns): Cell {
  const point = crashPoints(clean.upgrade.run).find(({ call }) => call.startsWith("wait/record-step-intent"));
  return attackCell("F11/upgrade/foreign-rollout", true, {
    strike: async (world, { verb }) => {
      if (point === undefined) throw new Error("there is no step that waits");
      const before = await observePlatform(world.platform, world.lab.practice);
      const { pid, ended } = await world.start(verb, { hit: { ...point, signal: "SIGSTOP" } });
      await untilStopped(pid, ended);
      const { cluster, service } = world.platform;
      await world.lab.practice.clients.ecs.send(
        new UpdateServiceCommand({ cluster, service, taskDefinition: before.revision }),
      );
      process.kill(pid, "SIGCONT");
      return [await ended];
    },
    mayEnd: ["new", "old"],
    expect: ([run]) => (run?.exitCode === 0 ? ["another's rollout was reported as our success"] : []),
  });
}

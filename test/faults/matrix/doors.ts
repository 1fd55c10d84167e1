import { DeregisterTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onDatabase } from "../lab/databases.ts";
import { observePlatform } from "../lab/platform.ts";
import { untilStopped } from "../lab/until-stopped.ts";
import type { RunChanges, World } from "../lab/world.ts";
import { Dice } from "../dice.ts";
import { honestEnd } from "./aws-sweep.ts";
import type { Cell } from "./cell.ts";
import type { CleanRuns } from "./clean-run.ts";
import { crashPoints } from "./crash-points.ts";
import { episode, type Attack } from "./episode.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Nobody listens there: the port of a service that no machine of today offers. */
const NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing";

/** What must be known before anything is changed, and is not: then nothing is changed. */
export function closedDoors(): Cell[] {
  const blind = (
    id: string,
    changes: RunChanges,
    prepare?: (world: World) => Promise<unknown>,
    mend?: (world: World) => Promise<unknown>,
  ) =>
    cell(id, true, {
      strike: async (world, { verb }) => {
        await prepare?.(world);
        const run = await world.run(verb, changes);
        await mend?.(world);
        return [run];
      },
      mayEnd: ["old"],
      expect: ([run]) => (run?.exitCode === 11 ? [] : [`exit ${run?.exitCode ?? run?.signal}, not 11`]),
      blindSince: ([run]) => run?.startedAt,
    });

  return [
    blind("F14/upgrade/credentials-expired", { choose: () => "expired-credentials" }),
    blind("F16/upgrade/ledger-gone", { env: { SLIPWAY_LEDGER_URL: NOWHERE } }),
    blind("F16/upgrade/cloud-gone", { choose: () => "reset-before" }),
    ...[HOUR_MS, -HOUR_MS, 10 * YEAR_MS, -10 * YEAR_MS].map((ms) =>
      blind(`F25/upgrade/cloud-clock/${ms / HOUR_MS}-h`, { cloudClockMs: ms }),
    ),
    blind("F39/upgrade/way-back-gone", {}, async ({ platform, lab }) => {
      const { revision } = await observePlatform(platform, lab.practice);
      await lab.practice.clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: revision }));
    }),
    blind(
      "F41/upgrade/ledger-newer",
      {},
      (world) => migrateLedger(world, "insert"),
      (world) => migrateLedger(world, "delete"),
    ),
  ];
}

async function migrateLedger({ databases }: World, what: "insert" | "delete"): Promise<void> {
  await onDatabase(databases.ledger, async (client) => {
    const name = "9999_future";
    if (what === "delete") {
      await client.query("delete from slipway_ledger.pgmigrations where name = $1", [name]);
      await client.query("delete from slipway_ledger.migration_checksums where id = $1", [name]);
      return;
    }
    await client.query("insert into slipway_ledger.pgmigrations (name, run_on) values ($1, now())", [name]);
    const { rows } = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
       where table_schema = 'slipway_ledger' and table_name = 'migration_checksums'
         and is_identity = 'NO' and column_name <> 'id'`,
    );
    const columns = rows[0]?.columns ?? "";
    await client.query(
      `insert into slipway_ledger.migration_checksums (id, ${columns})
       select $1, ${columns} from slipway_ledger.migration_checksums limit 1`,
      [name],
    );
  });
}

/** What goes wrong around a run that goes on: another's hands, a bad version, a slow cloud, an anchor that is down. */
export function rough(clean: CleanRuns): Cell[] {
  return [
    foreignRollout(clean),
    cell("F12/upgrade/new-version-dies", true, {
      strike: async (world) => [await world.run(["deploy", 4])],
      mayEnd: ["old"],
      expect: ([run]) => (run?.exitCode === 20 ? [] : [`exit ${run?.exitCode ?? run?.signal}, not 20`]),
    }),
    ...[0.01, 0.1, 0.5].map((share) =>
      cell(`F8/upgrade/throttled/${share * 100}-percent`, share === 0.1, {
        strike: async (world, { verb }) => {
          const dice = new Dice(Math.round(share * 1000));
          return [await world.run(verb, { choose: () => (dice.next() < share ? "throttle" : undefined) })];
        },
        mayEnd: ["new", "old"],
        expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
      }),
    ),
    cell("F9/upgrade/hangs-after-effect/UpdateService", false, {
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
      cell(`F25/upgrade/own-clock/${ms / HOUR_MS}-h`, false, {
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
  return cell(`F30/upgrade/anchor/${name}`, true, {
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
  return cell("F11/upgrade/foreign-rollout", true, {
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

function cell(id: string, inSubset: boolean, attack: Attack, scenario: Scenario = SCENARIOS.upgrade): Cell {
  return { id, inSubset, run: (context) => episode(scenario, attack, context) };
}

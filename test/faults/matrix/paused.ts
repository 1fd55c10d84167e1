import { onDatabase } from "../lab/databases.ts";
import { reportOf, type Run } from "../lab/run.ts";
import type { World } from "../lab/world.ts";
import type { Cell } from "./cell.ts";
import type { CleanRuns } from "./clean-run.ts";
import { crashPoints, isDecisive, type CrashPoint } from "./crash-points.ts";
import { episode } from "./episode.ts";
import { recovery } from "./recover.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { untilStopped } from "../lab/until-stopped.ts";

/** F3: a holder is paused for longer than its lease, another one takes over and ends the work, then the first goes on. */
export function pausedCells(clean: CleanRuns): Cell[] {
  const scenario = SCENARIOS.upgrade;
  const points = crashPoints(clean[scenario.name].run).filter(isDecisive);
  return points.map((point, index) => ({
    id: `F3/${scenario.name}/paused/${point.when}/${point.call}`,
    // These wait for real: each takes the lease's twenty seconds.
    inSubset: index % 8 === 4,
    run: (context) =>
      episode(
        scenario,
        { strike: (world) => pauseAndTakeOver(world, scenario, point), mayEnd: ["new", "old"], expect },
        context,
      ),
  }));
}

/** F6: somebody changes the lease by hand under a run that is paused; it finds out before it changes anything more. */
export function editedLeaseCells(clean: CleanRuns): Cell[] {
  const scenario = SCENARIOS.upgrade;
  const points = crashPoints(clean[scenario.name].run).filter(
    ({ call, when }) => call.includes("-intent#") && when === "after",
  );
  return points.map((point, index) => ({
    id: `F6/${scenario.name}/lease-edited/${point.call}`,
    inSubset: index % 4 === 1,
    run: (context) =>
      episode(
        scenario,
        {
          strike: async (world) => {
            const { pid, ended } = await world.start(scenario.verb, { hit: { ...point, signal: "SIGSTOP" } });
            await untilStopped(pid, ended);
            await onDatabase(world.databases.ledger, (client) =>
              client.query("update slipway_ledger.leases set fence = fence + 1, holder = 'somebody by hand'"),
            );
            process.kill(pid, "SIGCONT");
            return [await ended];
          },
          mayEnd: ["new", "old"],
          expect: ([run]) =>
            run?.exitCode === 0 ? ["the run ended well although its lease was another's"] : [],
        },
        context,
      ),
  }));
}

async function pauseAndTakeOver(
  world: World,
  scenario: Scenario,
  point: CrashPoint,
): Promise<readonly Run[]> {
  const { pid, ended } = await world.start(scenario.verb, { hit: { ...point, signal: "SIGSTOP" } });
  await untilStopped(pid, ended);
  const other = await world.run(recovery(scenario));
  process.kill(pid, "SIGCONT");
  return [await ended, other];
}

function expect([paused, other]: readonly Run[]): string[] {
  const hasEnded =
    paused?.trace.some(({ call, seq }) => call.startsWith("end/") && seq !== undefined) === true;
  return [
    ...(paused?.exitCode === 0 && !hasEnded ? ["the paused holder ended with exit code 0"] : []),
    ...(other?.exitCode === 0
      ? []
      : [`the take-over ended with ${other?.exitCode}: ${reportOf(other as Run)?.outcome}`]),
  ];
}

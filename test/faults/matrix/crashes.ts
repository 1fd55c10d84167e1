import { createHash } from "node:crypto";
import { wasHit, type Run } from "../lab/run.ts";
import type { World } from "../lab/world.ts";
import type { Hit } from "../process/order.ts";
import type { Cell, CellContext, CellResult } from "./cell.ts";
import type { CleanRuns } from "./clean-run.ts";
import { crashPoints, isDecisive, isPolled, isUnrecorded, type CrashPoint } from "./crash-points.ts";
import { episode, type Attack } from "./episode.ts";
import { recovery } from "./recover.ts";
import { ALL_SCENARIOS, type Scenario } from "./scenarios.ts";
import { untilHit } from "./until-hit.ts";

const SIGNAL_LIMIT_MS = 15_000;

/** F1 and F2: every crash point of every scenario, hit by every signal. */
export function crashCells(clean: CleanRuns): Cell[] {
  return ALL_SCENARIOS.flatMap((scenario) => {
    const points = crashPoints(clean[scenario.name].run);
    return [
      ...points.map((point) => killCell(scenario, point)),
      ...points.filter(isDecisive).map((point) => killTwiceCell(scenario, point, clean)),
      ...points.flatMap((point) => [
        signalCell(scenario, point, "SIGTERM"),
        signalCell(scenario, point, "SIGINT"),
      ]),
      ...points.filter(isUnrecorded).map((point) => signalCell(scenario, point, "SIGTERM", 2000)),
    ];
  });
}

function killCell(scenario: Scenario, point: CrashPoint): Cell {
  const isChosen =
    scenario.name === "upgrade" || scenario.name === "failing-smoke"
      ? isDecisive(point)
      : isUnrecorded(point);
  return {
    id: `F1/${scenario.name}/kill/${point.when}/${point.call}`,
    inSubset: isChosen,
    run: (context) =>
      hitAt(point, context, (again) =>
        episode(scenario, hitAttack({ ...point, signal: "SIGKILL" }, wasKilled), again),
      ),
  };
}

// The recovery is killed where the first run was: at the same point when it comes by there, else it has ended before.
function killTwiceCell(scenario: Scenario, point: CrashPoint, clean: CleanRuns): Cell {
  const strike = async (world: World) => {
    const hit: Hit = { ...point, signal: "SIGKILL" };
    const first = await world.run(scenario.verb, { hit });
    await world.passLeaseTime();
    return [first, await world.run(recovery(scenario), { hit: secondHit(point, clean, scenario) })];
  };
  return {
    id: `F1/${scenario.name}/kill-twice/${point.when}/${point.call}`,
    inSubset: false,
    run: (context) =>
      episode(
        scenario,
        { strike, expect: ([first]) => (first === undefined ? [] : wasKilled(first)) },
        context,
      ),
  };
}

function secondHit(point: CrashPoint, clean: CleanRuns, { name }: Scenario): Hit {
  const again = crashPoints(clean[name].recovery).filter(isUnrecorded);
  // A different place for each first place, the same each time.
  const chosen = createHash("sha256").update(point.call).digest().readUInt32BE(0) % Math.max(1, again.length);
  return { ...(again[chosen] ?? point), signal: "SIGKILL" };
}

function signalCell(
  scenario: Scenario,
  point: CrashPoint,
  signal: "SIGTERM" | "SIGINT",
  againAfterMs?: number,
): Cell {
  const hit: Hit = { ...point, signal, ...(againAfterMs === undefined ? {} : { againAfterMs }) };
  const attack: Attack = {
    ...hitAttack(hit, (run) => endedInGoodOrder(run, scenario)),
    mayEnd: scenario.before === undefined ? ["new", "nothing"] : ["new", "old"],
  };
  return {
    id: `F2/${scenario.name}/${signal.slice(3).toLowerCase()}${againAfterMs === undefined ? "" : "-twice"}/${point.when}/${point.call}`,
    inSubset:
      signal === "SIGTERM" &&
      scenario.name === "upgrade" &&
      againAfterMs === undefined &&
      isUnrecorded(point),
    run: (context) => hitAt(point, context, (again) => episode(scenario, attack, again)),
  };
}

/** One run, hit once. */
function hitAttack(hit: Hit, expect: (run: Run) => readonly string[]): Attack {
  return {
    strike: async (world, { verb }) => [await world.run(verb, { hit })],
    missed: (runs) => !runs.some(wasHit),
    expect: (runs) => runs.filter(wasHit).flatMap(expect),
  };
}

function wasKilled({ signal, exitCode }: Run): string[] {
  return signal === "SIGKILL" ? [] : [`the run was not killed: exit ${exitCode ?? "?"}`];
}

/** Only what is polled may be missed for good. */
async function hitAt(
  point: CrashPoint,
  context: CellContext,
  run: (context: CellContext) => Promise<CellResult>,
): Promise<CellResult> {
  const result = await untilHit(context, run);
  if (result.missed !== true || isPolled(point)) return result;
  return { ...result, broken: [...result.broken, "the run did not come to this place"] };
}

/** Exit codes of a run that was asked to stop: it says so, or it had its end already. */
function endedInGoodOrder(
  { exitCode, signal, startedAt, endedAt, trace }: Run,
  scenario: Scenario,
): string[] {
  const last = trace.at(-1)?.at ?? startedAt;
  const tookMs = endedAt - startedAt;
  return [
    ...(exitCode === 40 || exitCode === scenario.exit
      ? []
      : [`exit ${exitCode ?? signal}, not 40 or ${scenario.exit}`]),
    ...(tookMs > SIGNAL_LIMIT_MS || endedAt - last > SIGNAL_LIMIT_MS ? [`it took ${tookMs} ms`] : []),
  ];
}

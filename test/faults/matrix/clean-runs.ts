import type { Lab } from "../lab/lab.ts";
import { World } from "../lab/world.ts";
import type { CleanRun, CleanRuns } from "./clean-run.ts";
import { recovery } from "./recover.ts";
import { SCENARIOS, type Scenario, type ScenarioName } from "./scenarios.ts";

/** Each scenario once without a fault, and once killed early, for what its recovery does. */
export async function cleanRuns(lab: Lab): Promise<CleanRuns> {
  const names = Object.keys(SCENARIOS) as ScenarioName[];
  // All of them come to their end, so that nobody uses the lab when it closes.
  const ends = await Promise.allSettled(
    names.map((name, index) => cleanRun(SCENARIOS[name], `clean${index}`, lab)),
  );
  const entries = ends.map((end, index) => {
    if (end.status === "rejected") throw end.reason;
    return [names[index], end.value] as const;
  });
  return Object.fromEntries(entries) as CleanRuns;
}

async function cleanRun(scenario: Scenario, name: string, lab: Lab): Promise<CleanRun> {
  const run = await inWorld(`${name}a`, scenario, lab, async (world) => {
    const clean = await world.run(scenario.verb);
    if (clean.exitCode === scenario.exit) return clean;
    throw new Error(`${scenario.name} does not run without faults: exit ${clean.exitCode}\n${clean.stderr}`);
  });
  const first = run.trace.find(({ call }) => call.includes("-outcome#"))?.call ?? "";
  const recovered = await inWorld(`${name}b`, scenario, lab, async (world) => {
    await world.run(scenario.verb, { hit: { call: first, when: "before", signal: "SIGKILL" } });
    await world.passLeaseTime();
    return world.run(recovery(scenario));
  });
  return { run, recovery: recovered };
}

async function inWorld<T>(
  name: string,
  scenario: Scenario,
  lab: Lab,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const world = await World.open(name, lab);
  try {
    for (const version of scenario.setUp) await world.run(["deploy", version]);
    return await work(world);
  } finally {
    await world.close();
  }
}

import { AWS_FAULTS, type AwsFault } from "../proxies/aws-fault-proxy.ts";
import type { Run } from "../lab/run.ts";
import type { Cell } from "./cell.ts";
import type { CleanRuns } from "./clean-run.ts";
import { episode, type Attack } from "./episode.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { untilHit } from "./until-hit.ts";

/** CI takes every so many of the calls, another one for each fault. */
const SUBSET_STEP = 9;

/** Exit codes with which a run that met a fault may end; 70 would be a fault of the product's own. */
const HONEST = new Set([0, 11, 20, 21, 40, 41]);

/** The nth call of AWS goes wrong, for every n and every way of going wrong. */
export function awsSweep(clean: CleanRuns): Cell[] {
  return [SCENARIOS.upgrade, SCENARIOS.rollback].flatMap((scenario) => {
    const calls = clean[scenario.name].run.calls;
    return AWS_FAULTS.flatMap((fault, index) =>
      calls
        .filter(({ isRead }) => fault !== "stale-read" || isRead)
        .map(({ n, operation }) => {
          const isChosen = scenario === SCENARIOS.upgrade && n % SUBSET_STEP === index;
          return sweepCell(scenario, fault, n, operation, isChosen);
        }),
    );
  });
}

function sweepCell(
  scenario: Scenario,
  fault: AwsFault,
  n: number,
  operation: string,
  inSubset: boolean,
): Cell {
  return {
    id: `aws/${scenario.name}/${fault}/${String(n).padStart(3, "0")}-${operation}`,
    inSubset,
    run: (context) => untilHit(context, (again) => episode(scenario, attackOf(fault, n), again)),
  };
}

function attackOf(fault: AwsFault, n: number): Attack {
  // Credentials that have expired stay so; everything else happens once.
  const isLasting = fault === "expired-credentials";
  let isHit = false;
  return {
    strike: async (world, { verb }) => [
      await world.run(verb, {
        choose: (_, call) => {
          if (call !== n && !(isLasting && call > n)) return undefined;
          isHit = true;
          return fault;
        },
      }),
    ],
    missed: () => !isHit,
    mayEnd: ["new", "old"],
    expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
  };
}

/** A run that met a fault says something that it can stand for. */
export function honestEnd({ exitCode, signal }: Run): string[] {
  return exitCode !== null && HONEST.has(exitCode) ? [] : [`the run ended with ${exitCode ?? signal}`];
}

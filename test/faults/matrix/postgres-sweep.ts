import { setTimeout as sleep } from "node:timers/promises";
import {
  POSTGRES_FAULTS,
  PostgresFaultProxy,
  type PostgresFault,
  type SeenStatement,
} from "../proxies/postgres-fault-proxy.ts";
import type { Lab } from "../lab/lab.ts";
import { World } from "../lab/world.ts";
import { honestEnd } from "./aws-sweep.ts";
import type { Cell, CellContext, CellResult } from "./cell.ts";
import { episode, type Attack } from "./episode.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { untilHit } from "./until-hit.ts";

const SUBSET_STEP = 24;
/** Killing a server takes a cell alone some seconds: every so many statements, and each one of the migrations. */
const KILL_STEP = 6;
/** For so long the server is gone. */
const DOWN_MS = 1500;

/** The nth statement goes wrong: its connection is cut before or after it, or its server is killed under it. */
export async function postgresSweep(lab: Lab): Promise<Cell[]> {
  const scenario = SCENARIOS.upgrade;
  const statements = await countStatements(scenario, lab);
  return [
    ...POSTGRES_FAULTS.flatMap((fault, index) =>
      statements.map((statement) =>
        cutCell(scenario, fault, statement, statement.n % SUBSET_STEP === index * 7),
      ),
    ),
    ...statements
      .filter(({ n, text }) => n % KILL_STEP === 0 || /^(create|alter) table/i.test(text))
      .map((statement) => killCell(scenario, statement)),
  ];
}

async function countStatements(scenario: Scenario, lab: Lab): Promise<readonly SeenStatement[]> {
  const proxy = await PostgresFaultProxy.start(lab.postgres.url);
  const world = await World.open("statements", lab, (url) => proxy.through(url));
  try {
    for (const version of scenario.setUp) await world.run(["deploy", version]);
    proxy.statements.length = 0;
    await world.run(scenario.verb);
    return [...proxy.statements];
  } finally {
    await world.close();
    await proxy.close();
  }
}

function cutCell(
  scenario: Scenario,
  fault: PostgresFault,
  { n, text }: SeenStatement,
  inSubset: boolean,
): Cell {
  return {
    id: `postgres/${scenario.name}/${fault}/${nameOf(n, text)}`,
    inSubset,
    run: (context) => throughProxy(scenario, context, (statement) => (statement === n ? fault : undefined)),
  };
}

function killCell(scenario: Scenario, { n, text }: SeenStatement): Cell {
  return {
    id: `F17/${scenario.name}/server-killed/${nameOf(n, text)}`,
    inSubset: false,
    alone: true,
    run: (context) => {
      const { postgres } = context.lab;
      let back: Promise<void> | undefined;
      return throughProxy(
        scenario,
        context,
        (statement) => {
          if (statement !== n) return undefined;
          postgres.kill();
          back = sleep(DOWN_MS).then(() => postgres.restart());
          return "reset-before";
        },
        () => back,
      );
    },
  };
}

/** An episode whose faulted run sees its databases through a proxy that counts from 1 when that run begins. */
function throughProxy(
  scenario: Scenario,
  context: CellContext,
  choose: (statement: number) => PostgresFault | undefined,
  settled: () => Promise<void> | undefined = () => undefined,
): Promise<CellResult> {
  return untilHit(context, (again) => throughOneProxy(scenario, again, choose, settled));
}

async function throughOneProxy(
  scenario: Scenario,
  context: CellContext,
  choose: (statement: number) => PostgresFault | undefined,
  settled: () => Promise<void> | undefined,
): Promise<CellResult> {
  let isHit = false;
  const proxy = await PostgresFaultProxy.start(context.lab.postgres.url);
  const attack: Attack = {
    through: (url) => proxy.through(url),
    strike: async (world, { verb }) => {
      const before = proxy.statements.length;
      proxy.choose = ({ n }) => {
        const fault = choose(n - before);
        isHit ||= fault !== undefined;
        return fault;
      };
      const run = await world.run(verb);
      proxy.choose = () => undefined;
      await settled();
      return [run];
    },
    missed: () => !isHit,
    mayEnd: ["new", "old"],
    expect: ([run]) => (run === undefined ? [] : honestEnd(run)),
  };
  try {
    return await episode(scenario, attack, context);
  } finally {
    await proxy.close();
  }
}

function nameOf(n: number, text: string): string {
  const words = text
    .replaceAll(/[^a-z_. ]/gi, "")
    .trim()
    .split(/\s+/)
    .slice(0, 4)
    .join("-");
  return `${String(n).padStart(3, "0")}-${words}`;
}

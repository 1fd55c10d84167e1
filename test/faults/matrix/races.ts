import { onDatabase } from "../lab/databases.ts";
import { startRacers, type Racer } from "../lab/racers.ts";
import { World } from "../lab/world.ts";
import type { RaceAnswer } from "../process/race-words.ts";
import { Dice } from "../dice.ts";
import type { Cell, CellContext, CellResult } from "./cell.ts";

const RACERS = 100;
const ANSWER_LIMIT_MS = 2000;
const TAKE_OVER_LIMIT_MS = 60_000;

/** F4 and F5: a hundred processes want one lease at the same instant, round after round. */
export function raceCells(): Cell[] {
  return [
    { id: "F4/lease/100-race/50-rounds", inSubset: false, alone: true, run: (context) => race(50, context) },
    { id: "F4/lease/100-race/5-rounds", inSubset: true, alone: true, run: (context) => race(5, context) },
    {
      id: "F5/lease/holder-killed/5-rounds",
      inSubset: false,
      alone: true,
      run: (context) => raceForTheDead(5, context),
    },
  ];
}

async function race(rounds: number, context: CellContext): Promise<CellResult> {
  return withRacers(RACERS, context, async (racers, world) => {
    const broken: string[] = [];
    let slowest = 0;
    let lastFence = 0;
    for (let round = 1; round <= rounds; round++) {
      const answers = await Promise.all(racers.map((racer) => racer.tell({ kind: "try", env: world.name })));
      const winners = racers.filter((_, index) => answers[index]?.kind === "won");
      const times = answers.flatMap((answer) => (answer.kind === "refused" ? [answer.ms] : []));
      slowest = Math.max(slowest, ...times);
      broken.push(...faultsOf(answers, lastFence).map((says) => `round ${round}: ${says}`));
      lastFence = Math.max(lastFence, ...answers.flatMap((one) => (one.kind === "won" ? [one.fence] : [])));
      await Promise.all(winners.map((winner) => winner.tell({ kind: "release" })));
    }
    const figures = {
      "lease races: processes": RACERS,
      "lease races: rounds": rounds,
      "lease races: slowest refusal, ms": slowest,
    };
    return { broken, checked: ["I1", "I9"], figures };
  });
}

/** The holder dies at a random instant of the others' try; one of them follows, with a higher fence. */
async function raceForTheDead(rounds: number, context: CellContext): Promise<CellResult> {
  const dice = new Dice(context.seed);
  return withRacers(RACERS + rounds, context, async (racers, world) => {
    const broken: string[] = [];
    let lastFence = 0;
    let slowest = 0;
    const living = [...racers];
    for (let round = 1; round <= rounds; round++) {
      const victim = living.splice(dice.below(living.length), 1)[0];
      const first = await victim?.tell({ kind: "try", env: world.name });
      if (first?.kind !== "won") return { broken: [`round ${round}: nobody held the lease`], checked: [] };
      const trying = Promise.all(living.map((racer) => racer.tell({ kind: "try", env: world.name })));
      await Promise.all([trying, killSoon(victim, dice.below(300))]);
      // Those who asked while it lived were refused; after its death everybody asks again.
      const answers = (await trying).some(({ kind }) => kind === "won")
        ? await trying
        : await Promise.all(living.map((racer) => racer.tell({ kind: "try", env: world.name })));
      const winners = living.filter((_, index) => answers[index]?.kind === "won");
      if (winners.length !== 1) broken.push(`round ${round}: ${winners.length} followed the dead holder`);
      const won = answers.find((answer) => answer.kind === "won");
      if (won !== undefined && won.fence <= Math.max(first.fence, lastFence))
        broken.push(`round ${round}: the fence did not grow`);
      lastFence = won?.fence ?? first.fence;
      slowest = Math.max(slowest, won?.ms ?? 0);
      if ((won?.ms ?? 0) > TAKE_OVER_LIMIT_MS)
        broken.push(`round ${round}: the take-over took ${won?.ms} ms`);
      await Promise.all(winners.map((winner) => winner.tell({ kind: "release" })));
    }
    return {
      broken,
      checked: ["I1", "I9"],
      figures: { "dead holders taken over": rounds, "dead holders: slowest take-over, ms": slowest },
    };
  });
}

async function killSoon(racer: Racer | undefined, ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await racer?.kill();
}

function faultsOf(answers: readonly RaceAnswer[], lastFence: number): string[] {
  const won = answers.filter((answer) => answer.kind === "won");
  const refused = answers.filter((answer) => answer.kind === "refused");
  const vague = refused.filter(
    ({ says }) => !/racer-\d+ .*since \d{4}-.*https:\/\/ci\.example\.com\/runs\/racer-\d+/.test(says),
  );
  return [
    ...(won.length === 1 ? [] : [`${won.length} won`]),
    ...won
      .filter(({ fence }) => fence <= lastFence)
      .map(({ fence }) => `fence ${fence} came after ${lastFence}`),
    ...refused
      .filter(({ ms }) => ms > ANSWER_LIMIT_MS)
      .map(({ ms }) => `a refusal took ${ms} ms`)
      .slice(0, 1),
    ...vague.slice(0, 1).map(({ says }) => `a refusal does not name holder, since and link: ${says}`),
  ];
}

async function withRacers(
  count: number,
  context: CellContext,
  work: (racers: readonly Racer[], world: World) => Promise<CellResult>,
): Promise<CellResult> {
  const world = await World.open(`f${context.number}`, context.lab);
  let racers: Racer[] = [];
  try {
    racers = await startRacers(count, world.env(), world.databases.ledger);
    const result = await work(racers, world);
    const held = await onDatabase(world.databases.ledger, (client) =>
      client.query("select 1 from slipway_ledger.leases where holder is not null"),
    );
    return held.rows.length === 0
      ? result
      : { ...result, broken: [...result.broken, "I9: a lease is still held"] };
  } finally {
    await Promise.all(racers.map((racer) => racer.kill()));
    await world.close();
  }
}

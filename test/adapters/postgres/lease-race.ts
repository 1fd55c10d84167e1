import { holdLease } from "../../../src/actions/hold-lease.ts";
import { LedgerConnection } from "../../../src/adapters/postgres/ledger-connection.ts";
import { ledgerLeases } from "../../../src/adapters/postgres/ledger-leases.ts";
import { systemClock } from "../../../src/adapters/local/system-clock.ts";
import { SlipwayError, type Problem } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Lease, LeaseStore } from "../../../src/ports/lease-store.ts";

/** How a round ended: who won, and what each of the others was told, after how many milliseconds. */
export interface RaceRound {
  readonly winners: readonly Lease[];
  readonly refused: readonly { readonly problem: Problem; readonly milliseconds: number }[];
}

export interface Race {
  /** All of them want the lease of one environment at once; the winner frees it when the last one has its answer. */
  round(): Promise<RaceRound>;
  close(): Promise<void>;
}

const silent = {
  stepBegan: () => undefined,
  note: () => undefined,
  stepEnded: () => undefined,
  problem: () => undefined,
  end: async () => undefined,
};

/** So many deployers with a session each; the ledger must have been set up. */
export async function aRace(url: string, contenders: number): Promise<Race> {
  const racers = await Promise.all(
    Array.from({ length: contenders }, async (_, n) => {
      const connection = new LedgerConnection(new Secret("ledger-url", url), `racer ${n}`);
      const leases = ledgerLeases(connection);
      await leases.current("diary", "local");
      return { n, connection, leases };
    }),
  );
  return {
    round: async () => {
      let ended = 0;
      const everybody = Promise.withResolvers<void>();
      const count = (): void => {
        ended += 1;
        if (ended === contenders) everybody.resolve();
      };
      const answers = await Promise.all(
        racers.map(({ n, leases }) => contend(n, leases, count, everybody.promise)),
      );
      return {
        winners: answers.flatMap((answer) => ("lease" in answer ? [answer.lease] : [])),
        refused: answers.flatMap((answer) => ("problem" in answer ? [answer] : [])),
      };
    },
    close: async () => {
      await Promise.all(racers.map(({ connection }) => connection.close()));
    },
  };
}

async function contend(
  n: number,
  leases: LeaseStore,
  count: () => void,
  everybody: Promise<void>,
): Promise<{ lease: Lease } | RaceRound["refused"][number]> {
  const began = performance.now();
  try {
    const held = await holdLease(
      {
        app: "diary",
        env: "local",
        holder: `racer ${n}`,
        purpose: "a race",
        link: `https://ci.example/run/${n}`,
      },
      { leases, clock: systemClock, reporter: silent },
      new AbortController().signal,
    );
    count();
    await everybody;
    await held.release();
    return { lease: held.lease };
  } catch (error) {
    count();
    if (!(error instanceof SlipwayError) || error.problems[0] === undefined) throw error;
    return { problem: error.problems[0], milliseconds: performance.now() - began };
  }
}

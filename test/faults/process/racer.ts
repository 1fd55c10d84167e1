// One of many that want the same lease. Lives through all rounds; each message of the parent is one try with the
// product's own code over its own connection.

import { hostname } from "node:os";
import { openLedger } from "../../../src/adapters/postgres/open-ledger.ts";
import { systemClock } from "../../../src/adapters/local/system-clock.ts";
import { holdLease, type LeaseHeld } from "../../../src/actions/hold-lease.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { RaceAnswer, RaceWord } from "./race-words.ts";

const { RACE_URL: url = "", RACE_NAME: name = "" } = process.env;
const ledger = await openLedger(new Secret("ledger-url", url));
let held: LeaseHeld | undefined;

const reporter = {
  stepBegan: () => undefined,
  note: () => undefined,
  stepEnded: () => undefined,
  problem: () => undefined,
  end: async () => undefined,
};

async function attempt(env: string): Promise<RaceAnswer> {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    held = await holdLease(
      {
        app: "diary",
        env,
        holder: `${name} on ${hostname()}, process ${process.pid}`,
        purpose: "race",
        link: `https://ci.example.com/runs/${name}`,
      },
      { leases: ledger.leases, clock: systemClock, reporter },
      new AbortController().signal,
    );
    return { kind: "won", fence: held.lease.fence, ms: ms() };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.exit !== "leaseHeld") throw error;
    return { kind: "refused", says: error.problems.map(({ says }) => says).join("; "), ms: ms() };
  }
}

process.on("message", (word: RaceWord) => void obey(word));
process.on("disconnect", () => process.exit());

async function obey(word: RaceWord): Promise<void> {
  if (word.kind === "try") process.send?.(await attempt(word.env));
  else {
    await held?.release();
    held = undefined;
    process.send?.({ kind: "released" } satisfies RaceAnswer);
  }
}
process.send?.({ kind: "ready" } satisfies RaceAnswer);

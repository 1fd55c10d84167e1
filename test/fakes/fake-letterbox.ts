import { SlipwayError } from "../../src/core/errors.ts";
import { parseJson } from "../../src/core/json.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { CallerBox, Letter, WorkerBox } from "../../src/ports/letterbox.ts";

interface Run {
  worker: string | undefined;
  callerSeen: number;
  workerSeen: number;
  isEnded: boolean;
  requests: Letter[];
  answers: Letter[];
}

const LEASE_MS = 60_000;

/** Letters in memory; fake-letterbox.md says how they travel. */
export class FakeLetterbox {
  /** Of the lease that stands. */
  fence = 7;
  isGone = false;
  loses: string | undefined;
  /** Kinds of the letters that were sent, in their order. */
  readonly sent: string[] = [];
  readonly #runs = new Map<string, Run>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  caller(): CallerBox {
    return {
      begin: async (run) => {
        const now = this.#now();
        const fresh = { worker: undefined, callerSeen: now, workerSeen: now, isEnded: false };
        this.#runs.set(run, { ...fresh, requests: [], answers: [] });
      },
      post: async (run, letter, fence) => {
        const one = this.#run(run);
        if (one.isEnded) throw refused("WORKER_RUN_ENDED", "verifyFailed");
        if (fence !== null && fence !== this.fence) throw refused("LEASE_LOST", "leaseHeld");
        if (this.#arrives(letter)) one.requests.push(letter);
      },
      look: async (run, after) => {
        const one = this.#run(run);
        one.callerSeen = this.#now();
        const letters = one.answers.filter(({ number }) => number > after);
        return { worker: one.worker, workerSilentMs: one.callerSeen - one.workerSeen, letters };
      },
      end: async (run) => {
        const one = this.#run(run);
        one.isEnded = true;
        one.requests = [];
        one.answers = [];
      },
      close: async () => undefined,
    };
  }

  worker(): WorkerBox {
    return {
      claim: async (run, worker) => {
        const one = this.#run(run);
        if (one.isEnded || one.worker !== undefined) return undefined;
        one.worker = worker;
        one.workerSeen = this.#now();
        return { app: "diary", env: "local" };
      },
      look: async (run, worker, after, fence) => {
        const one = this.#run(run);
        if (one.worker !== worker) return undefined;
        one.workerSeen = this.#now();
        return {
          ended: one.isEnded,
          callerSilentMs: one.workerSeen - one.callerSeen,
          leaseMs: fence === this.fence ? LEASE_MS : undefined,
          letters: one.requests.filter(({ number }) => number > after),
        };
      },
      post: async (run, _worker, letter) => {
        const one = this.#run(run);
        if (one.isEnded) return false;
        if (this.#arrives(letter)) one.answers.push(letter);
        return true;
      },
      close: async () => undefined,
    };
  }

  #now(): number {
    if (this.isGone) throw refused("LEDGER_UNREACHABLE", "verifyFailed");
    return this.#clock.now();
  }

  #run(id: string): Run {
    this.#now();
    const run = this.#runs.get(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  }

  #arrives({ body }: Letter): boolean {
    const parsed = parseJson(body);
    const { kind, call } = (parsed.kind === "value" ? parsed.value : {}) as {
      readonly kind: string;
      readonly call?: { readonly kind: string };
    };
    const name = call?.kind ?? kind;
    this.sent.push(name);
    return name !== this.loses;
  }
}

function refused(code: string, exit: "verifyFailed" | "leaseHeld"): SlipwayError {
  return new SlipwayError({ code, at: "slipway_ledger", says: "refused by the fake", hint: "" }, exit);
}

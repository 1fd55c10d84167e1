import { SlipwayError } from "../core/errors.ts";
import { scrubDeep } from "../core/scrub.ts";
import type { Reply, Request, WorkerCall } from "../core/worker/calls.ts";
import { readRequest, writeLetter } from "../core/worker/letters.ts";
import { mayGoOn, whyEnd } from "../core/worker/patience.ts";
import type { Clock } from "../ports/clock.ts";
import type { Letter, WorkerBox } from "../ports/letterbox.ts";
import type { MigrationRunOptions } from "../ports/migrations.ts";
import { reliableForMs } from "../core/lease.ts";
import type { WorkedDatabase } from "../ports/worked-database.ts";
import { WorkerDesk } from "./worker-desk.ts";

/** How often the worker looks for requests, and says by it that it lives. */
const LOOK_MS = 100;
/** ECS kills a task 30 seconds after SIGTERM; what is under way must have ended by then. */
const END_MS = 25_000;

export interface WorkerPorts {
  readonly box: WorkerBox;
  readonly clock: Clock;
  readonly database: WorkedDatabase;
  /** Version of Slipway. */
  readonly tool: string;
  /** Names this process: no other one has it. */
  readonly worker: string;
}

/** How a worker's work came to its end, in words for its log. */
export interface WorkerEnd {
  readonly says: string;
}

interface UnderWay {
  readonly fence: number | null;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Answers a deployment's requests until it has no more, falls silent, or `stop` aborts. What is under way is undone when
 * the deployment's lease is lost. Throws `LEDGER_…` (exit 11) when there is no letterbox to begin with.
 */
export async function migrateWorker(run: string, ports: WorkerPorts, stop: AbortSignal): Promise<WorkerEnd> {
  const claimed = await ports.box.claim(run, ports.worker);
  if (claimed === undefined) return { says: `the run ${run} has ended, or another worker has it` };
  const worker = new Worker(run, ports);
  return { says: await worker.work(stop) };
}

class Worker {
  readonly #run: string;
  readonly #ports: WorkerPorts;
  readonly #desk: WorkerDesk;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #deaf = new AbortController();
  #read = 0;
  #written = 0;

  constructor(run: string, ports: WorkerPorts) {
    this.#run = run;
    this.#ports = ports;
    this.#desk = new WorkerDesk(ports.database);
  }

  async work(stop: AbortSignal): Promise<string> {
    this.#post({ kind: "hello", tool: this.#ports.tool });
    const why = await this.#serve(AbortSignal.any([stop, this.#deaf.signal])).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    await this.#end();
    return why;
  }

  async #serve(stop: AbortSignal): Promise<string> {
    const { box, clock, worker } = this.#ports;
    const began = clock.now();
    let provenAt = began;
    while (!stop.aborted) {
      const askedAt = clock.now();
      const fence = this.#fence();
      const look = await box.look(this.#run, worker, this.#read, fence).catch((error: unknown) => {
        // A ledger that is silent for less than a lease stands is looked into again.
        if (reliableForMs(clock.now() - provenAt) > 0) return "silent" as const;
        throw error;
      });
      if (look === undefined) return "the run is another worker's";
      if (look !== "silent") {
        provenAt = askedAt;
        const why = whyEnd(look, clock.now() - began);
        if (why !== undefined) return why;
        if (fence !== undefined && !mayGoOn(look)) this.#giveUp(fence);
        for (const { number, body } of look.letters) {
          this.#read = number;
          this.#take(readRequest(body));
        }
      }
      await clock.sleep(LOOK_MS, stop);
    }
    return this.#deaf.signal.aborted ? "nobody reads its answers" : "it was told to stop";
  }

  #take(request: Request): void {
    if (request.kind === "cancel") {
      this.#underWay.get(request.id)?.stop.abort();
      return;
    }
    const { id, fence, call } = request;
    if (this.#underWay.has(id)) return;
    const stop = new AbortController();
    const options: MigrationRunOptions = {
      fence: fence ?? 0,
      signal: stop.signal,
      tell: (event) => this.#post({ kind: "event", id, event }),
      prove: () => this.#prove(fence),
    };
    const ended = this.#answer(id, call, options);
    this.#underWay.set(id, { fence, stop, ended });
  }

  async #answer(id: string, call: WorkerCall, options: MigrationRunOptions): Promise<void> {
    const answer = await this.#desk.do(call, options);
    this.#underWay.delete(id);
    this.#post({ kind: "answer", id, answer });
  }

  /** Asks the ledger whether the lease stands. Throws `LEASE_LOST` (exit 30). */
  async #prove(fence: number | null): Promise<void> {
    if (fence === null) return;
    const { box, worker } = this.#ports;
    const look = await box.look(this.#run, worker, this.#read, fence);
    if (look === undefined || !mayGoOn(look)) throw leaseLost(fence);
  }

  #fence(): number | undefined {
    for (const { fence } of this.#underWay.values()) if (fence !== null) return fence;
    return undefined;
  }

  #giveUp(fence: number): void {
    for (const one of this.#underWay.values()) if (one.fence === fence) one.stop.abort(leaseLost(fence));
  }

  #post(reply: Reply): void {
    this.#written += 1;
    void this.#send({ number: this.#written, body: bodyOf(reply) });
  }

  async #send(letter: Letter): Promise<void> {
    const { box, worker } = this.#ports;
    const isWanted = await box.post(this.#run, worker, letter).catch(() => false);
    if (!isWanted) this.#deaf.abort();
  }

  async #end(): Promise<void> {
    const { box, clock } = this.#ports;
    const ended = [...this.#underWay.values()].map(({ ended: one }) => one);
    for (const { stop } of this.#underWay.values()) stop.abort();
    const late = new AbortController();
    await Promise.race([Promise.all(ended), clock.sleep(END_MS, late.signal)]);
    late.abort();
    await this.#desk.close();
    // The answers that were posted are in its queue.
    await box.close();
  }
}

/** An answer that does not fit into a letter is a fault that does. */
function bodyOf(reply: Reply): string {
  try {
    return writeLetter(scrubDeep(reply));
  } catch (error) {
    if (!(error instanceof SlipwayError) || reply.kind !== "answer") throw error;
    const answer = { kind: "fault", exit: error.exit, problems: error.problems } as const;
    return writeLetter({ ...reply, answer });
  }
}

function leaseLost(fence: number): SlipwayError {
  return new SlipwayError(
    {
      code: "LEASE_LOST",
      at: "slipway_ledger",
      says: `the deployment has lost the lease with fence ${fence}, so its worker changes nothing more`,
      hint: "run `slipway status` to see who holds the environment, then run the command again",
    },
    "leaseHeld",
  );
}

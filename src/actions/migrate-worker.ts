import type { SeedsToKeep } from "../core/seed/types.ts";
import type { Reply, Request, WorkerCall } from "../core/worker/calls.ts";
import { readRequest } from "../core/worker/letters.ts";
import { mayGoOn, whyEnd } from "../core/worker/patience.ts";
import { writeReply } from "../core/worker/write-reply.ts";
import type { Clock } from "../ports/clock.ts";
import type { Letter, WorkerBox } from "../ports/letterbox.ts";
import { reliableForMs } from "../core/lease.ts";
import type { WorkedDatabase } from "../ports/worked-database.ts";
import type { WorkOptions } from "./ask-opened.ts";
import { UnderWay } from "./under-way.ts";
import { WorkerDesk } from "./worker-desk.ts";
import { workerLeaseLost } from "./worker-lease-lost.ts";

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
  readonly #answering = new Set<Promise<void>>();
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
    if (request.kind === "heard") {
      this.#underWay.get(request.id)?.heard();
      return;
    }
    const { id, fence, call } = request;
    if (this.#underWay.has(id)) return;
    const one = new UnderWay(fence);
    this.#underWay.set(id, one);
    const options: WorkOptions = {
      fence: fence ?? 0,
      signal: one.stop.signal,
      tell: (event) => this.#post({ kind: "event", id, event }),
      prove: () => this.#prove(fence),
      keeping: (seeds) => this.#keeping(id, one, seeds),
    };
    const answering = this.#answer(id, call, options);
    this.#answering.add(answering);
    void answering.then(() => this.#answering.delete(answering));
  }

  async #answer(id: string, call: WorkerCall, options: WorkOptions): Promise<void> {
    const answer = await this.#desk.do(call, options);
    this.#underWay.delete(id);
    this.#post({ kind: "answer", id, answer });
  }

  async #keeping(id: string, one: UnderWay, seeds: SeedsToKeep): Promise<void> {
    await one.untilHeard(() => this.#post({ kind: "keeping", id, seeds }));
    await this.#prove(one.fence);
  }

  /** Asks the ledger whether the lease stands. Throws `LEASE_LOST` (exit 30). */
  async #prove(fence: number | null): Promise<void> {
    if (fence === null) return;
    const { box, worker } = this.#ports;
    const look = await box.look(this.#run, worker, this.#read, fence);
    if (look === undefined || !mayGoOn(look)) throw workerLeaseLost(fence);
  }

  #fence(): number | undefined {
    for (const { fence } of this.#underWay.values()) if (fence !== null) return fence;
    return undefined;
  }

  #giveUp(fence: number): void {
    for (const one of this.#underWay.values())
      if (one.fence === fence) one.stop.abort(workerLeaseLost(fence));
  }

  #post(reply: Reply): void {
    this.#written += 1;
    void this.#send({ number: this.#written, body: writeReply(reply) });
  }

  async #send(letter: Letter): Promise<void> {
    const { box, worker } = this.#ports;
    const isWanted = await box.post(this.#run, worker, letter).catch(() => false);
    if (!isWanted) this.#deaf.abort();
  }

  async #end(): Promise<void> {
    const { box, clock } = this.#ports;
    for (const { stop } of this.#underWay.values()) stop.abort();
    const late = new AbortController();
    await Promise.race([Promise.all(this.#answering), clock.sleep(END_MS, late.signal)]);
    late.abort();
    await this.#desk.close();
    // The answers that were posted are in its queue.
    await box.close();
  }
}

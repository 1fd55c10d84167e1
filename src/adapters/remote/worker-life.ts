import { SlipwayError } from "../../core/errors.ts";
import type { Reply, Request, WorkerCall } from "../../core/worker/calls.ts";
import { readReply, writeLetter } from "../../core/worker/letters.ts";
import type { AnswersFound } from "../../ports/letterbox.ts";
import { PendingCalls } from "./pending-calls.ts";
import { whyDead } from "./why-dead.ts";
import { interrupted, neverCame, otherVersion, WorkerLost } from "./worker-faults.ts";
import type { CallOptions, WorkerSettings } from "./worker-settings.ts";

const LOOK_MS = 100;
/** With nothing under way it is only said that the caller lives. */
const IDLE_LOOK_MS = 1000;
const STATE_MS = 2000;
/** A task of Fargate pulls its image first. */
const COME_MS = 300_000;
/** After a cancel: for the statement to end on the server, and for the answer to come. */
const CANCEL_MS = 30_000;

/** One worker from its start to its end, and the calls to it. */
export class WorkerLife {
  readonly run: string;
  readonly #settings: WorkerSettings;
  readonly #pending = new PendingCalls();
  readonly #over = new AbortController();
  readonly #hello = Promise.withResolvers<string>();
  #task = "";
  #came = false;
  #sent = 0;
  #read = 0;
  #fault: unknown;
  #looking: Promise<void> = Promise.resolve();

  private constructor(settings: WorkerSettings) {
    this.#settings = settings;
    this.run = settings.newRun();
    // Who waits for it is told another way when nobody does any more.
    this.#hello.promise.catch(() => undefined);
  }

  /** Starts a worker and waits until it works. Throws `WORKER_…` or what the platform refuses (exit 11). */
  static async begin(settings: WorkerSettings): Promise<WorkerLife> {
    const life = new WorkerLife(settings);
    const { box, tasks, clock, note } = settings;
    await box.begin(life.run, settings.app, settings.env);
    try {
      note(`the database is asked by ${tasks.place}, which is started now`);
      life.#task = await tasks.start(life.run);
      life.#looking = life.#look();
      const waiting = AbortSignal.any([life.#over.signal, settings.stop]);
      const late = clock.sleep(COME_MS, waiting).then(() => undefined);
      const tool = await Promise.race([life.#hello.promise, late]);
      if (settings.stop.aborted) throw interrupted();
      if (tool === undefined)
        throw neverCame(tasks.place, `it did not come within ${COME_MS / 60_000} minutes`);
      if (tool !== settings.tool) throw otherVersion(tasks.place, tool, settings.tool);
      return life;
    } catch (error) {
      await life.end("it was not to be worked with");
      throw error;
    }
  }

  /** Why nothing more can be asked; undefined: it can. */
  get fault(): unknown {
    return this.#fault;
  }

  /**
   * What the worker answers. Throws what was thrown there, and WorkerLost when it is gone. An abort is passed on; the
   * answer is still waited for, with a limit.
   */
  async call(call: WorkerCall, options: CallOptions = {}): Promise<unknown> {
    const { fence, signal } = options;
    if (this.#fault !== undefined) throw this.#fault;
    const id = `${this.#sent + 1}`;
    const answered = this.#pending.add(id, options);
    const done = new AbortController();
    const cancel = (): void => void this.#cancel(id, done.signal);
    try {
      await this.#post({ kind: "call", id, fence: fence ?? null, call });
      if (signal?.aborted === true) cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      const answer = await answered;
      if (answer.kind === "value") return answer.value;
      throw new SlipwayError(answer.problems, answer.exit);
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#pending.delete(id);
      done.abort();
    }
  }

  /** Tells the worker to go. One that has not come yet is stopped by the platform. */
  async end(because = "the deployment has ended"): Promise<void> {
    const { box, tasks } = this.#settings;
    this.#fail(new WorkerLost(this.run, tasks.place, because));
    await this.#looking;
    // Both are tidying up: a worker of which nothing is heard ends by itself.
    await box.end(this.run).catch(() => undefined);
    if (!this.#came && this.#task !== "") await tasks.stop(this.#task, because).catch(() => undefined);
  }

  async #cancel(id: string, done: AbortSignal): Promise<void> {
    const { clock, tasks } = this.#settings;
    await this.#post({ kind: "cancel", id }).catch(() => undefined);
    await clock.sleep(CANCEL_MS, done);
    if (done.aborted) return;
    await tasks.stop(this.#task, "it does not answer to a stop").catch(() => undefined);
    await clock.sleep(CANCEL_MS, done);
    if (done.aborted) return;
    this.#fail(new WorkerLost(this.run, tasks.place, "it does not answer to a stop"));
  }

  async #post(request: Request): Promise<void> {
    const body = writeLetter(request);
    this.#sent += 1;
    const fence = request.kind === "call" ? request.fence : null;
    await this.#settings.box.post(this.run, { number: this.#sent, body }, fence);
  }

  async #look(): Promise<void> {
    const { clock, box } = this.#settings;
    let askAt = clock.now() + STATE_MS;
    while (!this.#over.signal.aborted) {
      try {
        const found = await box.look(this.run, this.#read);
        this.#take(found);
        if (clock.now() >= askAt) {
          await this.#demandAlive(found);
          askAt = clock.now() + STATE_MS;
        }
      } catch (error) {
        this.#fail(error);
      }
      const isIdle = this.#pending.size === 0 && this.#read > 0;
      await clock.sleep(isIdle ? IDLE_LOOK_MS : LOOK_MS, this.#over.signal);
    }
  }

  #take({ letters }: AnswersFound): void {
    for (const { number, body } of letters) {
      // A letter whose predecessor is still to come is read again with it.
      if (number !== this.#read + 1) return;
      this.#read = number;
      this.#hear(readReply(body));
    }
  }

  #hear(reply: Reply): void {
    if (reply.kind === "hello") {
      this.#came = true;
      this.#hello.resolve(reply.tool);
    } else if (this.#pending.hear(reply) && reply.kind === "keeping") {
      // A letter that is lost leaves the worker waiting, and then nothing is kept.
      void this.#post({ kind: "heard", id: reply.id }).catch(() => undefined);
    }
  }

  /** Throws WorkerLost. */
  async #demandAlive(found: AnswersFound): Promise<void> {
    const { box, tasks } = this.#settings;
    const because = await whyDead(tasks, this.#task, found);
    if (because === undefined) return;
    // What it said last may have been written after the last look.
    this.#take(await box.look(this.run, this.#read));
    throw found.worker === undefined
      ? neverCame(tasks.place, because)
      : new WorkerLost(this.run, tasks.place, because);
  }

  #fail(error: unknown): void {
    this.#fault ??= error;
    this.#over.abort();
    this.#hello.reject(error);
    this.#pending.fail(error);
  }
}

/** What the scheduler knows of time. The real one is below; tests bring their own. */
export interface Time {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `wake` once after `ms` and answers how to call that off. */
  wakeAfter(ms: number, wake: () => void): () => void;
}

export const machineTime: Time = {
  now: () => Date.now(),
  wakeAfter(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

type Work = () => void | Promise<void>;

interface Entry {
  due: number;
  readonly order: number;
  readonly every: number | undefined;
  readonly work: Work;
}

/**
 * Everything the cloud does later, on one timer.
 *
 * The cloud's own waits (health intervals, draining, back-off) are divided by `compression`, so that practice takes
 * seconds where AWS takes minutes. Waits for a process or an answer are not: this machine is no faster than others.
 */
export class Scheduler {
  readonly #time: Time;
  readonly #compression: number;
  readonly #onFault: (fault: unknown) => void;
  readonly #entries = new Set<Entry>();
  #order = 0;
  #callOff: (() => void) | undefined;
  #closed = false;

  constructor(time: Time, compression: number, onFault: (fault: unknown) => void) {
    this.#time = time;
    this.#compression = compression;
    this.#onFault = onFault;
  }

  now(): number {
    return this.#time.now();
  }

  /** Seconds since the epoch, the form in which AWS's JSON protocol writes a time. */
  seconds(): number {
    return this.#time.now() / 1000;
  }

  /** How long `cloudMs` of the cloud's time take on this machine, in milliseconds. */
  compressed(cloudMs: number): number {
    return cloudMs / this.#compression;
  }

  /** Once, after so many milliseconds of the cloud's time. Answers how to call it off. */
  after(cloudMs: number, work: Work): () => void {
    return this.#add({ delay: this.compressed(cloudMs), every: undefined, work });
  }

  /** Once, after so many milliseconds on the clock on the wall. */
  afterReal(ms: number, work: Work): () => void {
    return this.#add({ delay: ms, every: undefined, work });
  }

  /** Again and again, the first time at once. */
  every(cloudMs: number, work: Work): () => void {
    return this.#add({ delay: 0, every: Math.max(this.compressed(cloudMs), 1), work });
  }

  close(): void {
    this.#closed = true;
    this.#entries.clear();
    this.#callOff?.();
  }

  #add(wanted: { delay: number; every: number | undefined; work: Work }): () => void {
    if (this.#closed) return () => undefined;
    const entry: Entry = {
      due: this.#time.now() + wanted.delay,
      order: this.#order++,
      every: wanted.every,
      work: wanted.work,
    };
    this.#entries.add(entry);
    this.#arm();
    return () => this.#entries.delete(entry);
  }

  #arm(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    let next = Infinity;
    for (const entry of this.#entries) next = Math.min(next, entry.due);
    if (next === Infinity) return;
    this.#callOff = this.#time.wakeAfter(Math.max(next - this.#time.now(), 0), () => this.#run());
  }

  #run(): void {
    const now = this.#time.now();
    const due = [...this.#entries].filter((entry) => entry.due <= now);
    due.sort((a, b) => a.due - b.due || a.order - b.order);
    for (const entry of due) {
      // An earlier one of the same moment may have called this one off.
      if (!this.#entries.has(entry)) continue;
      if (entry.every === undefined) this.#entries.delete(entry);
      else entry.due = now + entry.every;
      this.#start(entry.work);
    }
    if (!this.#closed) this.#arm();
  }

  #start(work: Work): void {
    try {
      void Promise.resolve(work()).catch(this.#onFault);
    } catch (fault) {
      this.#onFault(fault);
    }
  }
}

import { expect, test } from "vitest";
import { Scheduler, type Time } from "../../src/cloud/scheduler.ts";

/** Time that passes only when it is told to. */
class HandTime implements Time {
  #now = 0;
  #alarm: { at: number; wake: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  wakeAfter(ms: number, wake: () => void): () => void {
    const alarm = { at: this.#now + ms, wake };
    this.#alarm = alarm;
    return () => {
      if (this.#alarm === alarm) this.#alarm = undefined;
    };
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    while (this.#alarm !== undefined && this.#alarm.at <= end) {
      const { at, wake } = this.#alarm;
      this.#alarm = undefined;
      this.#now = at;
      wake();
    }
    this.#now = end;
  }
}

function begin() {
  const time = new HandTime();
  const faults: unknown[] = [];
  const scheduler = new Scheduler(time, 10, (fault) => faults.push(fault));
  const done: string[] = [];
  const note = (what: string) => () => void done.push(`${what} at ${time.now()}`);
  return { time, scheduler, faults, done, note };
}

test("the cloud's time is compressed, real time is not", () => {
  const { time, scheduler, done, note } = begin();
  scheduler.after(1000, note("cloud"));
  scheduler.afterReal(1000, note("real"));
  time.pass(2000);
  expect(done).toEqual(["cloud at 100", "real at 1000"]);
});

test("what is due at the same moment happens in the order in which it was asked for", () => {
  const { time, scheduler, done, note } = begin();
  scheduler.afterReal(50, note("first"));
  scheduler.after(500, note("second"));
  time.pass(50);
  expect(done).toEqual(["first at 50", "second at 50"]);
});

test("a repeated work begins at once and ends when it is called off", () => {
  const { time, scheduler, done, note } = begin();
  const callOff = scheduler.every(1000, note("check"));
  time.pass(250);
  callOff();
  time.pass(1000);
  expect(done).toEqual(["check at 0", "check at 100", "check at 200"]);
});

test("work that was called off by earlier work of the same moment does not happen", () => {
  const { time, scheduler, done, note } = begin();
  let callOff: () => void = () => undefined;
  scheduler.afterReal(10, () => callOff());
  callOff = scheduler.afterReal(10, note("never"));
  time.pass(100);
  expect(done).toEqual([]);
});

test("work that fails, now or later, is reported and the rest goes on", async () => {
  const { time, scheduler, faults, done, note } = begin();
  scheduler.afterReal(1, () => {
    throw new Error("now");
  });
  scheduler.afterReal(1, () => Promise.reject(new Error("later")));
  scheduler.afterReal(2, note("next"));
  time.pass(10);
  await Promise.resolve();
  await Promise.resolve();
  expect(faults.map(String)).toEqual(["Error: now", "Error: later"]);
  expect(done).toEqual(["next at 2"]);
});

test("nothing happens after it was closed", () => {
  const { time, scheduler, done, note } = begin();
  scheduler.every(10, note("never"));
  scheduler.close();
  scheduler.afterReal(1, note("never"));
  time.pass(100);
  expect(done).toEqual([]);
});

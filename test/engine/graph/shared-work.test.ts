import { expect, test } from "vitest";
import { SharedWork } from "../../../src/engine/graph/shared-work.ts";

const never = new AbortController().signal;

test("runs once for all who ask, and keeps the success", async () => {
  const work = new SharedWork<number>();
  let runs = 0;
  const task = async () => (runs += 1);

  expect(await Promise.all([work.run("k", never, task), work.run("k", never, task)])).toEqual([1, 1]);
  expect(await work.run("k", never, task)).toBe(1);
  expect(await work.run("other", never, task)).toBe(2);
});

test("tells all who wait of a failure, and does not keep it", async () => {
  const work = new SharedWork<string>();
  const fail = async () => await Promise.reject(new Error("no"));
  const both = await Promise.allSettled([work.run("k", never, fail), work.run("k", never, fail)]);

  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await work.run("k", never, async () => "yes")).toBe("yes");
});

test("is cancelled when the last one gives up, not before", async () => {
  const work = new SharedWork<string>();
  const [one, two] = [new AbortController(), new AbortController()];
  let inner = never;
  const task = async (signal: AbortSignal) => {
    inner = signal;
    return await new Promise<string>(() => {});
  };
  const waits = [one, two].map(
    async ({ signal }) => await work.run("k", signal, task).catch(() => "gave up"),
  );

  one.abort();
  expect(await waits[0]).toBe("gave up");
  expect(inner.aborted).toBe(false);
  two.abort();
  expect(await waits[1]).toBe("gave up");
  expect(inner.aborted).toBe(true);
});

test("starts anew for one who comes after a cancellation", async () => {
  const work = new SharedWork<string>();
  const first = new AbortController();
  const gone = work
    .run("k", first.signal, async () => await new Promise<string>(() => {}))
    .catch(() => "gave up");
  first.abort();

  expect(await gone).toBe("gave up");
  expect(await work.run("k", never, async () => "anew")).toBe("anew");
});

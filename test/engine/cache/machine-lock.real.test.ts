import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lock, tryLock } from "../../../src/engine/cache/machine-lock.ts";
import { isAlive, ownIdentity } from "../../../src/engine/cache/process-identity.ts";

const never = new AbortController().signal;
let names = 0;
const freshName = () => `test ${process.pid} ${(names += 1)}`;

test("one holder at a time; the next one gets it when it is released", async () => {
  const name = freshName();
  const first = await lock(name, never);
  expect(await tryLock(name)).toBeUndefined();

  const order: string[] = [];
  const second = lock(name, never).then((held) => {
    order.push("second");
    return held;
  });
  order.push("release");
  await first.release();
  await (await second).release();
  expect(order).toEqual(["release", "second"]);
});

test("one who waits can give up", async () => {
  const name = freshName();
  const held = await lock(name, never);
  const patience = new AbortController();
  const waiting = lock(name, patience.signal);
  patience.abort(new Error("enough"));

  await expect(waiting).rejects.toThrow("enough");
  await held.release();
});

test("a killed holder's lock is free", async () => {
  const name = freshName();
  const holder = spawn(process.execPath, [join(import.meta.dirname, "../fixtures/hold-lock.ts"), name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  expect(await tryLock(name)).toBeUndefined();

  const next = lock(name, never);
  holder.kill("SIGKILL");
  await (await next).release();
});

test("a process is known by its number and its start", async () => {
  const other = spawn("sleep", ["1000"]);
  const [pid] = ownIdentity().split("-");
  expect(isAlive(ownIdentity())).toBe(true);
  expect(isAlive(`${pid}-1`)).toBe(false);
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(isAlive(`${other.pid}-1`)).toBe(false);
  expect(isAlive("no identity")).toBe(false);
});

import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { LedgerConnection } from "../../../src/adapters/postgres/ledger-connection.ts";
import { ledgerLeases } from "../../../src/adapters/postgres/ledger-leases.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aLease, aLedger } from "./a-ledger.ts";

const database = useDatabase();
const request = (holder: string, lifetimeSeconds = 60) => ({
  app: "diary",
  env: "local",
  holder,
  purpose: `deploy for ${holder}`,
  lifetimeSeconds,
});

test("gives a free lease, and tells others who holds it", async () => {
  const { leases } = await aLedger(database.url);
  expect(await leases.current("diary", "local")).toBeUndefined();

  expect(await leases.take(request("ann"))).toEqual({
    kind: "taken",
    lease: { app: "diary", env: "local", holder: "ann", fence: 1 },
    takenOverFrom: undefined,
  });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
  const held = {
    app: "diary",
    env: "local",
    holder: "ann",
    fence: 1,
    purpose: "deploy for ann",
    takenAt: time,
    renewedAt: time,
    expiresAt: time,
  };
  expect(await leases.take(request("bob"))).toEqual({ kind: "held", by: held });
  expect(await leases.current("diary", "local")).toEqual(held);
  expect(await leases.take({ ...request("bob"), env: "production" })).toMatchObject({ kind: "taken" });
});

test("answers the same to a holder whose first answer was lost", async () => {
  const { leases } = await aLedger(database.url);
  const first = await leases.take(request("ann"));
  expect(await leases.take(request("ann"))).toEqual(first);
});

test("gives the lease of a dead holder to the next, with the next fence, and not before it has expired", async () => {
  const { leases } = await aLedger(database.url);
  await leases.take(request("dead", 0.6));
  expect(await leases.take(request("young"))).toMatchObject({ kind: "held", by: { holder: "dead" } });

  await expect
    .poll(() => leases.take(request("young")), { timeout: 5000, interval: 50 })
    .toMatchObject({ kind: "taken", lease: { fence: 2 }, takenOverFrom: { holder: "dead", fence: 1 } });
  const dead = { app: "diary", env: "local", holder: "dead", fence: 1 };
  expect(await leases.renew(dead, 60)).toBe("lost");
  await leases.release(dead);
  expect(await leases.current("diary", "local")).toMatchObject({ holder: "young", fence: 2 });
});

test("never gives away a lease that is renewed", async () => {
  const { leases } = await aLedger(database.url);
  const lease = await aLease({ leases }, "alive", 0.5);
  for (let beat = 0; beat < 10; beat++) {
    await setTimeout(100);
    expect(await leases.renew(lease, 0.5)).toBe("renewed");
    expect(await leases.take(request("waiting"))).toMatchObject({ kind: "held" });
  }
});

test("frees a lease for the next fence, once", async () => {
  const { leases } = await aLedger(database.url);
  const lease = await aLease({ leases }, "ann");
  await leases.release(lease);
  await leases.release(lease);
  expect(await leases.current("diary", "local")).toBeUndefined();
  expect(await leases.renew(lease, 60)).toBe("lost");
  expect(await leases.take(request("bob"))).toMatchObject({
    lease: { fence: 2 },
    takenOverFrom: undefined,
  });
});

test("has exactly one winner among 50 clients, round after round", async () => {
  const { leases: setUp } = await aLedger(database.url);
  const clients = Array.from({ length: 50 }, (_, n) => {
    const connection = new LedgerConnection(new Secret("ledger-url", database.url), `racer ${n}`);
    return { n, connection, leases: ledgerLeases(connection) };
  });
  try {
    for (let round = 1; round <= 5; round++) {
      const answers = await Promise.all(clients.map(({ n, leases }) => leases.take(request(`racer ${n}`))));
      const winners = answers.filter((answer) => answer.kind === "taken");
      expect(winners).toHaveLength(1);
      const [winner] = winners;
      if (winner === undefined) throw new Error("nobody won");
      expect(winner.lease.fence).toBe(round);
      const named = answers.map((answer) =>
        answer.kind === "held" ? answer.by.holder : answer.lease.holder,
      );
      expect(new Set(named)).toEqual(new Set([winner.lease.holder]));
      await setUp.release(winner.lease);
    }
  } finally {
    await Promise.all(clients.map(({ connection }) => connection.close()));
  }
});

test("has one winner among 20 clients when the holder has died", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger, "dead", 0.05);
  await setTimeout(100);
  const clients = await Promise.all(Array.from({ length: 20 }, () => aLedger(database.url)));
  const answers = await Promise.all(clients.map(({ leases }, n) => leases.take(request(`racer ${n}`))));
  expect(answers.filter(({ kind }) => kind === "taken")).toEqual([
    expect.objectContaining({ takenOverFrom: expect.objectContaining({ holder: "dead" }) }),
  ]);
});

test("refuses a lifetime that would hold an environment for ever", async () => {
  const { leases } = await aLedger(database.url);
  for (const lifetime of [0, -1, 3601, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(leases.take(request("ann", lifetime))).rejects.toThrow("a lifetime");
  }
});

import { describe, expect, test } from "vitest";
import { holdLease, type LeaseHeld } from "../../src/actions/hold-lease.ts";
import type { LeaseStore } from "../../src/ports/lease-store.ts";
import { FakeClock } from "../fakes/fake-clock.ts";
import { FakeLedger } from "../fakes/fake-ledger.ts";

const never = new AbortController().signal;
const LOST = { exit: "leaseHeld", problems: [{ code: "LEASE_LOST", at: "diary/local" }] };

/** A clock, a ledger and processes that want the lease of one environment. */
function aScene() {
  const clock = new FakeClock();
  const ledger = new FakeLedger(clock);
  const told: string[] = [];
  const reporter = {
    stepBegan: () => undefined,
    note: (says: string) => void told.push(says),
    stepEnded: () => undefined,
    problem: () => undefined,
    end: async () => undefined,
  };
  const hold = (holder: string, leases: LeaseStore = ledger, signal = never): Promise<LeaseHeld> =>
    holdLease(
      {
        app: "diary",
        env: "local",
        holder,
        purpose: `deploy by ${holder}`,
        link: `https://ci.example/${holder}`,
      },
      { leases, clock, reporter },
      signal,
    );
  return { clock, ledger, told, hold };
}

/** The ledger as a process sees it that can be paused, or cut off from it. */
function throughAHole(ledger: FakeLedger): { leases: LeaseStore; open: boolean } {
  const hole = {
    open: true,
    leases: {
      take: (request) => ledger.take(request),
      renew: async (lease, lifetimeSeconds) => {
        if (!hole.open) throw new Error("no way to the ledger");
        return ledger.renew(lease, lifetimeSeconds);
      },
      release: (lease) => ledger.release(lease),
      current: (app, env) => ledger.current(app, env),
    } satisfies LeaseStore,
  };
  return hole;
}

describe("a lease that somebody wants", () => {
  test("of a live holder is refused within two seconds, with holder, since, link and how to unlock it", async () => {
    const { clock, hold } = aScene();
    const holder = await hold("a");
    await clock.sleep(60_000);

    const began = clock.now();
    await expect(hold("b")).rejects.toMatchObject({
      exit: "leaseHeld",
      problems: [
        {
          code: "LEASE_HELD",
          at: "diary/local",
          says: "a holds it since 1970-01-01T00:16:40.000Z, https://ci.example/a, for: deploy by a",
          hint:
            "wait until it has ended; a dead holder is taken over by itself. Only when it lives and must lose the " +
            `lease: slipway unlock --env=local --lease=${holder.lease.fence} --reason=<why>`,
        },
      ],
    });
    expect(clock.now() - began).toBeLessThanOrEqual(2000);
    await holder.release();
  });

  test("of a dead holder is taken over within a minute by one of those who wait, the others see a live holder", async () => {
    const { clock, ledger, hold } = aScene();
    await ledger.take({ app: "diary", env: "local", holder: "dead", purpose: "x", lifetimeSeconds: 20 });

    const began = clock.now();
    const answers = await Promise.allSettled(["a", "b", "c"].map((holder) => hold(holder)));
    expect(clock.now() - began).toBeLessThanOrEqual(60_000);
    const won = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    expect(won.map(({ takenOverFrom }) => takenOverFrom?.holder)).toEqual(["dead"]);
    expect(answers.filter(({ status }) => status === "rejected")).toHaveLength(2);
    await won[0]?.release();
  });

  test("of a holder that is paused for less than its lifetime stays that holder's", async () => {
    const { clock, ledger, hold } = aScene();
    const wish = { app: "diary", env: "local", holder: "paused", purpose: "x", lifetimeSeconds: 20 };
    const answer = await ledger.take(wish);
    if (answer.kind === "held") throw new Error("it should have been free");

    const waiting = hold("b");
    waiting.catch(() => undefined);
    await clock.sleep(19_000);
    expect(await ledger.renew(answer.lease, 20)).toBe("renewed");
    await expect(waiting).rejects.toMatchObject({ problems: [{ code: "LEASE_HELD" }] });
  });

  test("is no longer waited for when the run is interrupted", async () => {
    const { clock, ledger, hold } = aScene();
    await ledger.take({ app: "diary", env: "local", holder: "dead", purpose: "x", lifetimeSeconds: 20 });
    const stop = new AbortController();
    const waiting = hold("a", ledger, stop.signal);
    waiting.catch(() => undefined);
    await clock.sleep(5000);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ exit: "interrupted" });
  });
});

describe("a lease that is held", () => {
  test("stays with its holder for as long as the work takes", async () => {
    const { clock, ledger, hold } = aScene();
    const held = await hold("a");
    await clock.sleep(3_600_000);
    await held.prove();
    expect(held.lost.aborted).toBe(false);
    expect(await ledger.current()).toMatchObject({ holder: "a" });
    await held.release();
    expect(await ledger.current()).toBeUndefined();
  });

  test("is given up before it expires when the ledger does not answer", async () => {
    const { clock, ledger, hold } = aScene();
    const hole = throughAHole(ledger);
    const held = await hold("a", hole.leases);
    hole.open = false;

    await clock.sleep(14_000);
    expect(held.lost.aborted).toBe(false);
    await held.prove();
    await clock.sleep(5000);
    expect(held.lost.aborted).toBe(true);
    await expect(held.prove()).rejects.toMatchObject(LOST);
    expect(await ledger.current()).toMatchObject({ holder: "a" });
    await held.release();
  });

  test("and was unlocked is known as lost before the next change", async () => {
    const { clock, ledger, hold } = aScene();
    const held = await hold("a");
    await ledger.append(
      {
        type: "act",
        app: "diary",
        env: "local",
        deploymentId: "u-1",
        step: undefined,
        attempt: 1,
        phase: "outcome",
        outcome: "done",
        fence: null,
        actor: "person-b",
        data: { reason: "its machine is gone" },
      },
      [{ kind: "unlock", fence: held.lease.fence }],
    );
    await clock.sleep(1000);
    expect(held.lost.aborted).toBe(true);
    await expect(held.prove()).rejects.toMatchObject(LOST);
  });
});

describe("a holder that comes back from a pause", () => {
  // The process stands still: no heartbeat, and the clock goes on.
  async function paused(milliseconds: number) {
    const scene = aScene();
    let pausedForMs = 0;
    const its = {
      now: () => scene.clock.now() + pausedForMs,
      sleep: () => new Promise<void>(() => undefined),
    };
    const held = await holdLease(
      { app: "diary", env: "local", holder: "paused", purpose: "x" },
      { leases: scene.ledger, clock: its, reporter: silent },
      never,
    );
    pausedForMs = milliseconds;
    return { ...scene, held };
  }
  const silent = {
    stepBegan: () => undefined,
    note: () => undefined,
    stepEnded: () => undefined,
    problem: () => undefined,
    end: async () => undefined,
  };

  test("finds out before its next change that another took over", async () => {
    const { ledger, held } = await paused(60_000);
    await ledger.release(held.lease);
    await ledger.take({ app: "diary", env: "local", holder: "b", purpose: "x", lifetimeSeconds: 20 });
    await expect(held.prove()).rejects.toMatchObject(LOST);
    expect(held.lost.aborted).toBe(true);
  });

  test("goes on when nobody wanted the lease", async () => {
    const { held } = await paused(60_000);
    await held.prove();
    expect(held.lost.aborted).toBe(false);
  });

  test("asks the ledger, too, when its clock was set back", async () => {
    const { ledger, held } = await paused(-3_600_000);
    await ledger.release(held.lease);
    await expect(held.prove()).rejects.toMatchObject(LOST);
  });
});

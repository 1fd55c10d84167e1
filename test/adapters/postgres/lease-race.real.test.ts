import { expect, onTestFinished, test } from "vitest";
import { codeOf } from "../../../src/adapters/postgres/connect-problem.ts";
import { keepLease } from "../../../src/actions/keep-lease.ts";
import { useDatabase } from "../../support/postgres.ts";
import { systemClock } from "../../../src/adapters/local/system-clock.ts";
import { aLease, aLedger, anEntry, verdictOf } from "./a-ledger.ts";
import { aWish, anAct, anApprove } from "./ledger-contract.ts";
import { aRace } from "./lease-race.ts";
import { aRelease } from "../../builders/a-release.ts";

const CONTENDERS = 20;
const ROUNDS = 3;
const database = useDatabase();
const LOST = { exit: "leaseHeld", problems: [{ code: "LEASE_LOST" }] };

test(`has one winner among ${CONTENDERS} deployers in each round; the others are told who, since when and where`, async () => {
  await aLedger(database.url);
  const race = await aRace(database.url, CONTENDERS);
  onTestFinished(() => race.close());

  let fence = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const { winners, refused } = await race.round();
    const [winner] = winners;
    if (winner === undefined) throw new Error("nobody won");
    expect({ round, winners: winners.length, refused: refused.length }).toEqual({
      round,
      winners: 1,
      refused: CONTENDERS - 1,
    });
    expect(winner.fence).toBeGreaterThan(fence);
    ({ fence } = winner);
    const link = `https://ci.example/run/${winner.holder.replace("racer ", "")}`;
    const says = new RegExp(`^${winner.holder} holds it since 20\\d\\d-.*Z, ${link}, for: a race$`);
    for (const { problem } of refused) {
      expect(problem).toMatchObject({ code: "LEASE_HELD", says: expect.stringMatching(says) as string });
    }
  }
});

test("lets one of two deployments that use the same approval at once have it", async () => {
  const [one, other] = await Promise.all([aLedger(database.url), aLedger(database.url)]);
  const { fence } = await aLease(one);
  for (let round = 0; round < 20; round++) {
    const id = `a-${round}`;
    await one.journal.append(anAct(id), [anApprove(id)]);
    const answers = await Promise.allSettled(
      [one, other].map(({ journal }, n) =>
        journal.append(anEntry({ fence, deploymentId: `d-${round}-${n}` }), [
          { kind: "consume", approvals: [id] },
        ]),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(answers.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { exit: "gateClosed", problems: [{ code: "APPROVAL_USED" }] },
    });
  }
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 40 });
});

test("shows a change to whoever has the lease next, so that two never pass a limit of one", async () => {
  const ledgers = await Promise.all(Array.from({ length: 8 }, () => aLedger(database.url)));
  const deployed = await Promise.all(
    ledgers.map(async ({ journal, leases, gatekeeping }, n) => {
      const holder = `racer ${n}`;
      let answer = await leases.take(aWish({ holder }));
      while (answer.kind === "held") answer = await leases.take(aWish({ holder }));
      const { lease } = answer;
      const before = await gatekeeping.mutations("diary", "local", 0);
      if (before.length === 0) {
        const deploymentId = `d-${n}`;
        await journal.append(anEntry({ fence: lease.fence, deploymentId }), [
          { kind: "begin", purpose: "deploy", release: aRelease() },
          { kind: "mutate" },
        ]);
      }
      await leases.release(lease);
      return before.length === 0;
    }),
  );
  expect(deployed.filter((did) => did)).toHaveLength(1);
});

test.each([
  ["its fence", "update slipway_ledger.leases set fence = fence + 7"],
  ["its fence, backwards", "update slipway_ledger.leases set fence = 0"],
  ["its holder taken away", "update slipway_ledger.leases set holder = null"],
  ["all of it", "delete from slipway_ledger.leases"],
])("stops the holder when somebody changed the lease's row by hand: %s", async (_what, statement) => {
  const ledger = await aLedger(database.url);
  const lease = await aLease(ledger);
  await ledger.journal.append(anEntry({ fence: lease.fence }));
  const superuser = await database.connect();
  await superuser.query("alter table slipway_ledger.leases disable trigger all");
  await superuser.query(statement);

  await expect(ledger.journal.append(anEntry({ fence: lease.fence }))).rejects.toMatchObject(LOST);
  expect(await ledger.leases.renew(lease, 60)).toBe("lost");
  // Whoever comes next never gets the fence of one that may still live.
  await superuser.query("update slipway_ledger.leases set expires_at = clock_timestamp()");
  const next = await aLease(ledger, "next");
  expect(next.fence).toBeGreaterThan(lease.fence);
  await expect(ledger.journal.append(anEntry({ fence: lease.fence }))).rejects.toMatchObject(LOST);
});

test("tells a holder whose name was changed in the row within a heartbeat", async () => {
  const ledger = await aLedger(database.url);
  const lease = await aLease(ledger);
  const kept = keepLease(lease, { leases: ledger.leases, clock: systemClock });
  onTestFinished(() => kept.stop());
  await (await database.connect()).query("update slipway_ledger.leases set holder = 'another'");
  await expect.poll(() => kept.lost.aborted, { timeout: 10_000 }).toBe(true);
  await expect(kept.prove()).rejects.toMatchObject(LOST);
});

test("refuses to undo by hand what was decided, also where triggers are for replicas only", async () => {
  const ledger = await aLedger(database.url);
  const { fence } = await aLease(ledger);
  await ledger.journal.append(anAct("a-1"), [
    anApprove("a-1"),
    { kind: "hold", holdId: "h-1", reason: "an incident", by: "person-a" },
  ]);
  await ledger.journal.append(anEntry({ fence }), [
    { kind: "begin", purpose: "deploy", release: aRelease() },
    { kind: "mutate" },
    { kind: "consume", approvals: ["a-1"] },
    { kind: "review-due", reviewId: "r-1", because: "x", by: "person-b" },
  ]);
  await ledger.journal.append(anAct("x-1"), [
    { kind: "revoke", approvalId: "a-1" },
    { kind: "release-hold", holdId: "h-1" },
    { kind: "review-closed", reviewId: "r-1" },
  ]);
  const superuser = await database.connect();
  await superuser.query("set session_replication_role = replica");

  for (const statement of [
    "update slipway_ledger.approvals set used_by = null",
    "update slipway_ledger.approvals set used_by = 'd-2'",
    "update slipway_ledger.approvals set revoked_at = null",
    "update slipway_ledger.approvals set expires_at = now() + interval '1 year'",
    "update slipway_ledger.approvals set approval = '{}'",
    "delete from slipway_ledger.approvals",
    "truncate slipway_ledger.approvals",
    "update slipway_ledger.holds set released_at = null",
    "update slipway_ledger.holds set reason = 'nothing'",
    "delete from slipway_ledger.holds",
    "truncate slipway_ledger.holds",
    "update slipway_ledger.reviews set closed_at = null",
    "update slipway_ledger.reviews set because = 'nothing'",
    "delete from slipway_ledger.reviews",
    "truncate slipway_ledger.reviews",
    "update slipway_ledger.deployments set mutated_at = null",
    "update slipway_ledger.deployments set env = 'production'",
  ]) {
    const answer = await superuser.query(statement).then(() => "done", codeOf);
    expect([statement, answer]).toEqual([statement, "SL002"]);
  }
});

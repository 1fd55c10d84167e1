import { expect, test } from "vitest";
import type { ActChange, Journal, JournalEntry, JournalRecord } from "../../../src/ports/journal.ts";
import type { Gatekeeping } from "../../../src/ports/gatekeeping.ts";
import type { Lease, LeaseRequest, LeaseStore } from "../../../src/ports/lease-store.ts";
import type { Releases } from "../../../src/ports/releases.ts";
import { aRelease } from "../../builders/a-release.ts";
import { anEntry } from "./an-entry.ts";

/** A ledger with nothing in it, and its clock. */
export interface LedgerUnderTest {
  readonly journal: Journal;
  readonly leases: LeaseStore;
  readonly releases: Releases;
  readonly gatekeeping: Gatekeeping;
  /** Resolves when the ledger's clock shows at least that time. */
  until(instant: number): Promise<void>;
}

const RELEASE_SHA256 = "d".repeat(64);

export const aWish = (changes: Partial<LeaseRequest> = {}): LeaseRequest => ({
  app: "diary",
  env: "local",
  holder: "person-a on host-1",
  purpose: "deploy sha-1",
  lifetimeSeconds: 60,
  ...changes,
});

export const anAct = (id: string, changes: Partial<JournalEntry> = {}): JournalEntry =>
  anEntry({
    type: "act",
    deploymentId: id,
    step: undefined,
    phase: "outcome",
    outcome: "done",
    fence: null,
    ...changes,
  });

export const anApprove = (
  id: string,
  { env = "local", validForSeconds = 3600, releaseSha256 = RELEASE_SHA256 } = {},
): Extract<ActChange, { kind: "approve" }> => ({
  kind: "approve",
  approval: {
    id,
    subject: { app: "diary", env, releaseSha256, planSha256: "e".repeat(64) },
    role: "tech-lead",
    person: "person-a",
    printedName: "Person A",
    meaning: "approved",
    reason: "tested by hand",
    identity: {
      issuer: "github",
      subject: "github:1",
      method: "api-token",
      shownName: "Person A",
      authTime: undefined,
    },
  },
  validForSeconds,
});

async function taken(ledger: LedgerUnderTest, changes: Partial<LeaseRequest> = {}): Promise<Lease> {
  const answer = await ledger.leases.take(aWish(changes));
  if (answer.kind === "held") throw new Error(`held by ${answer.by.holder}`);
  return answer.lease;
}

const begun = (ledger: LedgerUnderTest, lease: Lease, deploymentId = "d-1"): Promise<JournalRecord> =>
  ledger.journal.append(anEntry({ ...placeOf(lease), type: "deployment", step: undefined, deploymentId }), [
    { kind: "begin", purpose: "deploy", release: aRelease() },
  ]);

const placeOf = ({ app, env, fence }: Lease): Pick<JournalEntry, "app" | "env" | "fence"> => ({
  app,
  env,
  fence,
});
const act = (ledger: LedgerUnderTest, ...changes: ActChange[]): Promise<JournalRecord> =>
  ledger.journal.append(anAct("act-1"), changes);
const refusal = (code: string, exit: string) => ({ exit, problems: [{ code, at: "diary/local" }] });
const LOST = refusal("LEASE_LOST", "leaseHeld");
const USED = refusal("APPROVAL_USED", "gateClosed");
const UNKNOWN = refusal("ACT_TARGET_UNKNOWN", "usage");

/** What every ledger does, the real one and its fake. Call it in a test file of its own. */
export function ledgerContract(open: () => Promise<LedgerUnderTest>): void {
  test("appends under the newest fence alone, and not once the lease is given back", async () => {
    const ledger = await open();
    await expect(ledger.journal.append(anEntry())).rejects.toMatchObject(LOST);
    const lease = await taken(ledger);
    const entry = anEntry(placeOf(lease));

    const record = await ledger.journal.append(entry);
    expect(record).toEqual({ ...entry, seq: 1, at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    await expect(ledger.journal.append({ ...entry, fence: lease.fence + 1 })).rejects.toMatchObject(LOST);
    await expect(ledger.journal.append({ ...entry, env: "production" })).rejects.toMatchObject({
      problems: [{ code: "LEASE_LOST", at: "diary/production" }],
    });
    await ledger.leases.release(lease);
    await expect(ledger.journal.append(entry)).rejects.toMatchObject(LOST);
    expect(await ledger.journal.records("d-1")).toEqual([record]);
    expect(await ledger.journal.records("d-2")).toEqual([]);
  });

  test("lets an act change what acts change, without a lease, and nothing else", async () => {
    const ledger = await open();
    const hold = { kind: "hold", holdId: "h-1", reason: "an incident", by: "person-a" } as const;
    const lease = await taken(ledger);
    await begun(ledger, lease);

    await expect(ledger.journal.append(anAct("h-1"), [hold, { kind: "mutate" }])).rejects.toThrow(
      "not a change that an act makes",
    );
    await expect(ledger.journal.append(anAct("d-1"), [{ kind: "end", outcome: "deployed" }])).rejects.toThrow(
      "not a change that an act makes",
    );
    await expect(
      ledger.journal.append(anAct("d-1"), [
        { kind: "commit", purpose: "deploy", release: aRelease(), revisions: {} },
      ]),
    ).rejects.toThrow("not a change that an act makes");
    await expect(ledger.journal.append(anAct("h-1", { fence: lease.fence }), [hold])).rejects.toThrow(
      "an act has no fence",
    );
    await expect(ledger.journal.append(anEntry(placeOf(lease)), [hold])).rejects.toThrow(
      "unknown change of state",
    );
    await expect(ledger.journal.append(anEntry({ fence: null }), [])).rejects.toMatchObject(LOST);
    expect(await ledger.gatekeeping.holds("diary", "local")).toEqual([]);
    expect(await ledger.releases.lastKnownGood("diary", "local")).toBeUndefined();
    expect(await ledger.journal.records("h-1")).toEqual([]);

    const record = await ledger.journal.append(anAct("h-1"), [hold]);
    expect(await ledger.journal.records("h-1")).toEqual([record]);
    expect(record).toMatchObject({ type: "act", fence: null, seq: 2 });
  });

  test("lets nobody but its own environment touch a deployment", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const other = await taken(ledger, { env: "production" });
    await begun(ledger, lease);
    const [before] = await ledger.releases.deployments("diary", "local", 10);

    await expect(begun(ledger, other)).rejects.toThrow("has not begun");
    const entry = anEntry(placeOf(other));
    await expect(ledger.journal.append(entry, [{ kind: "mutate" }])).rejects.toThrow("has not begun");
    await expect(ledger.journal.append(entry, [{ kind: "end", outcome: "failed" }])).rejects.toThrow(
      "has not begun",
    );
    expect(await ledger.releases.deployments("diary", "local", 10)).toEqual([before]);
    expect(await ledger.releases.deployments("diary", "production", 10)).toEqual([]);
    expect(await ledger.releases.manifestOf("d-1")).toEqual(aRelease());
    expect(await ledger.releases.manifestOf("d-2")).toBeUndefined();
  });

  test("counts a deployment from its first change on", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const start = await ledger.gatekeeping.now();
    await begun(ledger, lease);
    await begun(ledger, lease, "d-2");
    expect(await ledger.gatekeeping.mutations("diary", "local", 0)).toEqual([]);

    const entry = anEntry({ ...placeOf(lease), deploymentId: "d-2" });
    await ledger.journal.append(entry, [{ kind: "mutate" }]);
    const [mutation] = await ledger.gatekeeping.mutations("diary", "local", start);
    expect(mutation?.deploymentId).toBe("d-2");
    await ledger.until((mutation?.at ?? 0) + 2);
    await ledger.journal.append(entry, [{ kind: "mutate" }]);
    await ledger.journal.append(anEntry(placeOf(lease)), [{ kind: "mutate" }]);

    const mutations = await ledger.gatekeeping.mutations("diary", "local", start);
    expect(mutations.map(({ deploymentId }) => deploymentId)).toEqual(["d-1", "d-2"]);
    expect(mutations[1]).toEqual(mutation);
    expect(await ledger.gatekeeping.mutations("diary", "local", (mutation?.at ?? 0) + 1)).toHaveLength(1);
    expect(await ledger.gatekeeping.mutations("diary", "production", 0)).toEqual([]);
  });

  test("shows the approvals of a release, newest first, with its own times", async () => {
    const ledger = await open();
    const before = await ledger.gatekeeping.now();
    await act(ledger, anApprove("a-1"));
    await ledger.until((await ledger.gatekeeping.now()) + 2);
    await act(ledger, anApprove("a-2", { validForSeconds: 60 }));
    await act(ledger, anApprove("a-3", { releaseSha256: "f".repeat(64) }));
    const after = await ledger.gatekeeping.now();

    const approvals = await ledger.gatekeeping.approvals("diary", "local", RELEASE_SHA256);
    expect(approvals).toEqual(
      ["a-2", "a-1"].map((id) => ({
        ...anApprove(id).approval,
        at: expect.any(Number) as number,
        expiresAt: expect.any(Number) as number,
        revoked: false,
        usedBy: undefined,
      })),
    );
    for (const { at } of approvals) expect(at >= before && at <= after).toBe(true);
    expect(approvals.map(({ at, expiresAt }) => expiresAt - at)).toEqual([60_000, 3_600_000]);
    expect(await ledger.gatekeeping.approvals("diary", "production", RELEASE_SHA256)).toEqual([]);

    await act(ledger, { kind: "revoke", approvalId: "a-2" });
    expect(await ledger.gatekeeping.approvals("diary", "local", RELEASE_SHA256)).toEqual([approvals[1]]);
  });

  test("takes no approval for another environment, for no time or for ever", async () => {
    const ledger = await open();
    await expect(act(ledger, anApprove("a-1", { env: "production" }))).rejects.toThrow("another environment");
    for (const validForSeconds of [0, -1, 367 * 86_400]) {
      await expect(act(ledger, anApprove("a-1", { validForSeconds }))).rejects.toThrow("at most a year");
    }
    expect(await ledger.journal.records("act-1")).toEqual([]);
  });

  test("lets one deployment use an approval, again when it is resumed, and no other", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const consume = (deploymentId: string, ...approvals: string[]) =>
      ledger.journal.append(anEntry({ ...placeOf(lease), deploymentId }), [{ kind: "consume", approvals }]);
    for (const id of ["a-1", "a-2", "a-3"]) await act(ledger, anApprove(id));
    await act(ledger, { kind: "revoke", approvalId: "a-3" });

    await consume("d-1", "a-1");
    await consume("d-1", "a-1");
    await expect(consume("d-2", "a-1")).rejects.toMatchObject(USED);
    // The good one stays unused when the other is refused.
    for (const bad of ["a-1", "a-3", "a-9"])
      await expect(consume("d-2", "a-2", bad)).rejects.toMatchObject(USED);
    const used = await ledger.gatekeeping.approvals("diary", "local", RELEASE_SHA256);
    expect(Object.fromEntries(used.map(({ id, usedBy }) => [id, usedBy]))).toEqual({
      "a-1": "d-1",
      "a-2": undefined,
    });

    await act(ledger, { kind: "revoke", approvalId: "a-1" });
    await expect(consume("d-1", "a-1")).rejects.toMatchObject(USED);
    const other = await taken(ledger, { env: "production" });
    await expect(
      ledger.journal.append(anEntry(placeOf(other)), [{ kind: "consume", approvals: ["a-2"] }]),
    ).rejects.toMatchObject({ problems: [{ code: "APPROVAL_USED", at: "diary/production" }] });
  });

  test("refuses an approval that has expired, but not to the deployment that used it before", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const consume = (deploymentId: string, id: string) =>
      ledger.journal.append(anEntry({ ...placeOf(lease), deploymentId }), [
        { kind: "consume", approvals: [id] },
      ]);
    await act(ledger, anApprove("a-1", { validForSeconds: 1 }), anApprove("a-2", { validForSeconds: 1 }));
    await consume("d-1", "a-1");
    const [approval] = await ledger.gatekeeping.approvals("diary", "local", RELEASE_SHA256);
    await ledger.until((approval?.expiresAt ?? 0) + 1);

    await expect(consume("d-1", "a-2")).rejects.toMatchObject(USED);
    await consume("d-1", "a-1");
    expect(await ledger.gatekeeping.approvals("diary", "local", RELEASE_SHA256)).toHaveLength(2);
  });

  test("tells the trail of migrations since the last run that migrated, oldest first, of its own environment alone", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const other = await taken(ledger, { env: "production" });
    const step = (changes: Partial<JournalEntry>, where = lease): Promise<JournalRecord> =>
      ledger.journal.append(anEntry({ ...placeOf(where), ...changes }));
    const ended = (outcome: "done" | "failed" | "skipped", data: JournalEntry["data"] = {}) =>
      step({ phase: "outcome", outcome, data });
    const trail = () => ledger.releases.migrationTrail("diary", "local");
    expect(await trail()).toEqual([]);

    await step({});
    await ended("done", { ran: [{ file: "0001_a.up.sql" }] });
    expect(await trail()).toEqual([]);
    const begun = await step({ deploymentId: "d-2" });
    await step({ step: "shift" });
    await step({ deploymentId: "d-9" }, other);
    await ledger.journal.append(anAct("h-1"), [
      { kind: "hold", holdId: "h-1", reason: "migrate", by: "person-a" },
    ]);
    const failed = await ended("failed", { step: "migrate", outcome: "skipped" });
    const undone = await step({ step: "rollback-migrate", phase: "outcome", outcome: "done" });
    const idle = await ended("done", { ran: [] });
    expect(await trail()).toEqual([begun, failed, undone, idle]);
    await ended("skipped");
    expect(await trail()).toEqual([]);
    expect(await ledger.releases.migrationTrail("diary", "production")).toMatchObject([
      { deploymentId: "d-9" },
    ]);
  });

  test("shows holds and reviews until somebody releases and closes them", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    await act(ledger, { kind: "hold", holdId: "h-1", reason: "an incident", by: "person-a" });
    await ledger.journal.append(anEntry(placeOf(lease)), [
      { kind: "review-due", reviewId: "r-1", because: "the site was down", by: "person-b" },
    ]);

    const at = expect.any(Number) as number;
    expect(await ledger.gatekeeping.holds("diary", "local")).toEqual([
      { id: "h-1", reason: "an incident", by: "person-a", at },
    ]);
    expect(await ledger.gatekeeping.reviews("diary", "local")).toEqual([
      { id: "r-1", deploymentId: "d-1", because: "the site was down", by: "person-b", at },
    ]);
    expect(await ledger.gatekeeping.holds("diary", "production")).toEqual([]);

    for (let twice = 0; twice < 2; twice++) {
      await act(ledger, { kind: "release-hold", holdId: "h-1" });
      await act(ledger, { kind: "review-closed", reviewId: "r-1" });
      expect(await ledger.gatekeeping.holds("diary", "local")).toEqual([]);
      expect(await ledger.gatekeeping.reviews("diary", "local")).toEqual([]);
    }
    await expect(act(ledger, { kind: "release-hold", holdId: "h-2" })).rejects.toMatchObject(UNKNOWN);
    await expect(act(ledger, { kind: "review-closed", reviewId: "r-2" })).rejects.toMatchObject(UNKNOWN);
    await expect(act(ledger, { kind: "revoke", approvalId: "a-2" })).rejects.toMatchObject(UNKNOWN);
  });

  test("unlocks the lease of exactly that fence, after which its holder can do nothing", async () => {
    const ledger = await open();
    const lease = await taken(ledger);
    const unlock = (fence: number) => act(ledger, { kind: "unlock", fence });
    await expect(unlock(lease.fence + 1)).rejects.toMatchObject(refusal("UNLOCK_NOT_HELD", "usage"));
    await ledger.journal.append(anEntry(placeOf(lease)));

    await unlock(lease.fence);
    await expect(unlock(lease.fence)).rejects.toMatchObject(refusal("UNLOCK_NOT_HELD", "usage"));
    await expect(ledger.journal.append(anEntry(placeOf(lease)))).rejects.toMatchObject(LOST);
    expect(await ledger.leases.renew(lease, 60)).toBe("lost");
    expect(await ledger.leases.current("diary", "local")).toBeUndefined();

    const next = await ledger.leases.take(aWish({ holder: "person-b on host-2" }));
    if (next.kind === "held") throw new Error("it should have been free");
    expect(next).toMatchObject({ takenOverFrom: undefined });
    expect(next.lease.fence).toBeGreaterThan(lease.fence);
    await expect(ledger.journal.append(anEntry(placeOf(lease)))).rejects.toMatchObject(LOST);
  });

  test("tells whoever wants a held lease who holds it, since when and where to look", async () => {
    const ledger = await open();
    const link = "https://ci.example/run/1";
    const lease = await taken(ledger, { link });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    const { app, env, holder, purpose } = aWish();
    const by = { app, env, holder, purpose, link, fence: lease.fence };
    const held = { ...by, takenAt: time, renewedAt: time, expiresAt: time };

    expect(await ledger.leases.take(aWish({ holder: "person-b" }))).toEqual({ kind: "held", by: held });
    expect(await ledger.leases.current("diary", "local")).toEqual(held);
    expect(await ledger.leases.current("diary", "production")).toBeUndefined();
    // The first answer was lost.
    expect(await ledger.leases.take(aWish({ link }))).toEqual({
      kind: "taken",
      lease,
      takenOverFrom: undefined,
    });
  });

  test("gives an expired lease to the next, and leaves it to its holder while nobody wants it", async () => {
    const ledger = await open();
    const lease = await taken(ledger, { lifetimeSeconds: 0.2 });
    await ledger.until((await ledger.gatekeeping.now()) + 300);
    expect(await ledger.leases.current("diary", "local")).toBeUndefined();
    await ledger.journal.append(anEntry(placeOf(lease)));
    expect(await ledger.leases.renew(lease, 0.2)).toBe("renewed");

    await ledger.until((await ledger.gatekeeping.now()) + 300);
    expect(await ledger.leases.take(aWish({ holder: "person-b" }))).toMatchObject({
      kind: "taken",
      takenOverFrom: { holder: lease.holder, fence: lease.fence },
    });
    expect(await ledger.leases.renew(lease, 60)).toBe("lost");
    await ledger.leases.release(lease);
    expect(await ledger.leases.current("diary", "local")).toMatchObject({ holder: "person-b" });
    await expect(ledger.journal.append(anEntry(placeOf(lease)))).rejects.toMatchObject(LOST);
  });
}

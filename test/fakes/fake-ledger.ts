import type { DeploymentSummary, KnownGood } from "../../src/core/deployment/types.ts";
import type { Release } from "../../src/core/release/types.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Gatekeeping } from "../../src/ports/gatekeeping.ts";
import type { Journal, JournalEntry, JournalRecord, StateChange } from "../../src/ports/journal.ts";
import type { HeldLease, Lease, LeaseAnswer, LeaseRequest, LeaseStore } from "../../src/ports/lease-store.ts";
import type { Releases } from "../../src/ports/releases.ts";
import { applyAct, applyChange, emptyState, type LedgerState } from "./ledger-state.ts";
import { refused, unreachable } from "./ledger-refusals.ts";

/** The ledger in memory; fake-ledger.md says how it behaves. */
export class FakeLedger implements Journal, Releases, LeaseStore {
  readonly appended: JournalRecord[] = [];
  /** From the append of this number on (1 is the first) the database does not answer. */
  unreachableFrom = Infinity;
  readonly #clock: Clock;
  #state: LedgerState = emptyState();
  #fence = 0;

  /** Reads of the gates. */
  readonly gatekeeping: Gatekeeping = {
    now: async () => {
      this.#answer();
      return this.#clock.now();
    },
    approvals: async (app, env, releaseSha256) => {
      this.#answer();
      return this.#state.approvals
        .filter(
          ({ subject, revoked }) =>
            isAt(subject, app, env) && !revoked && subject.releaseSha256 === releaseSha256,
        )
        .toReversed();
    },
    holds: async (app, env) =>
      this.#state.holds.filter((hold) => hold.open && isAt(hold, app, env)).map(({ hold }) => hold),
    reviews: async (app, env) =>
      this.#state.reviews
        .filter((review) => review.open && isAt(review, app, env))
        .map(({ review }) => review),
    mutations: async (app, env, since) =>
      this.#state.deployments
        .filter((row) => isAt(row, app, env))
        .flatMap(({ deploymentId, mutatedAt }) =>
          mutatedAt === undefined ? [] : [{ deploymentId, at: mutatedAt }],
        )
        .filter(({ at }) => at >= since)
        .sort((one, other) => other.at - one.at),
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get commits(): readonly KnownGood[] {
    return this.#state.commits.map(({ good }) => good);
  }

  async append(entry: JournalEntry, changes: readonly StateChange[] = []): Promise<JournalRecord> {
    this.#answer(this.appended.length + 1);
    const lease = this.#state.leases.find((one) => isAt(one, entry.app, entry.env));
    const isAct = entry.type === "act";
    if (isAct && entry.fence !== null) throw new Error("an act has no fence");
    if (!isAct && (lease?.held !== true || lease.fence !== entry.fence)) throw refused("LEASE_LOST", entry);

    const now = this.#clock.now();
    const record = { ...entry, seq: this.appended.length + 1, at: iso(now) };
    // All or nothing: what a later change refuses must undo the ones before it.
    const state = structuredClone(this.#state);
    for (const change of changes) (isAct ? applyAct : applyChange)(state, entry, change, now);
    this.#state = state;
    this.appended.push(record);
    return record;
  }

  async records(deploymentId: string): Promise<readonly JournalRecord[]> {
    return this.appended.filter((record) => record.deploymentId === deploymentId);
  }

  async lastKnownGood(app = "diary", env = "local"): Promise<KnownGood | undefined> {
    return (await this.history(app, env)).at(-1);
  }

  async history(app = "diary", env = "local"): Promise<readonly KnownGood[]> {
    return this.#state.commits.filter((commit) => isAt(commit, app, env)).map(({ good }) => good);
  }

  async deployments(app: string, env: string, limit: number): Promise<readonly DeploymentSummary[]> {
    return this.#state.deployments
      .filter((row) => isAt(row, app, env))
      .toReversed()
      .slice(0, limit)
      .map(({ release, deploymentId, purpose, actor, outcome, startedAt, endedAt }) => ({
        deploymentId,
        purpose,
        releaseId: release.id,
        version: release.version,
        actor,
        outcome,
        startedAt,
        endedAt,
      }));
  }

  async manifestOf(id: string): Promise<Release | undefined> {
    return this.#state.deployments.find(({ deploymentId }) => deploymentId === id)?.release;
  }

  async migrationTrail(app: string, env: string): Promise<readonly JournalRecord[]> {
    const steps = this.appended.filter(
      (record) => isAt(record, app, env) && ["migrate", "rollback-migrate"].includes(record.step ?? ""),
    );
    const last = steps.findLastIndex(
      ({ step, outcome, data }) =>
        step === "migrate" &&
        (outcome === "skipped" ||
          (outcome === "done" && Array.isArray(data["ran"]) && data["ran"].length > 0)),
    );
    return steps.slice(last + 1);
  }

  async take({ lifetimeSeconds, ...wish }: LeaseRequest): Promise<LeaseAnswer> {
    this.#answer();
    const now = this.#clock.now();
    const before = this.#state.leases.find((one) => isAt(one, wish.app, wish.env));
    if (before?.held === true && before.expires > now) {
      const { app, env, holder, fence } = before;
      if (holder !== wish.holder) return { kind: "held", by: visible(before) };
      return { kind: "taken", lease: { app, env, holder, fence }, takenOverFrom: undefined };
    }

    const { app, env, holder } = wish;
    const lease = { app, env, holder, fence: ++this.#fence };
    this.#state.leases = [
      ...this.#state.leases.filter((one) => one !== before),
      { ...wish, ...lease, held: true, takenAt: now, renewedAt: now, expires: now + lifetimeSeconds * 1000 },
    ];
    return { kind: "taken", lease, takenOverFrom: before?.held === true ? visible(before) : undefined };
  }

  async renew({ app, env, holder, fence }: Lease, lifetimeSeconds: number): Promise<"renewed" | "lost"> {
    const lease = this.#state.leases.find((one) => isAt(one, app, env));
    if (lease?.held !== true || lease.fence !== fence || lease.holder !== holder) return "lost";
    const now = this.#clock.now();
    Object.assign(lease, { renewedAt: now, expires: now + lifetimeSeconds * 1000 });
    return "renewed";
  }

  async release({ app, env, fence }: Lease): Promise<void> {
    const lease = this.#state.leases.find((one) => isAt(one, app, env));
    if (lease?.fence === fence) lease.held = false;
  }

  async current(app = "diary", env = "local"): Promise<HeldLease | undefined> {
    const lease = this.#state.leases.find((one) => isAt(one, app, env));
    return lease?.held === true && lease.expires > this.#clock.now() ? visible(lease) : undefined;
  }

  /** Each record as `step intent` or `step done`, for short expectations. */
  story(): string[] {
    return this.appended.map(({ step, phase, outcome }) => `${step ?? "deployment"} ${outcome ?? phase}`);
  }

  #answer(nth = 1): void {
    if (nth >= this.unreachableFrom) throw unreachable();
  }
}

function isAt(one: { readonly app: string; readonly env: string }, app: string, env: string): boolean {
  return one.app === app && one.env === env;
}

function visible(lease: LedgerState["leases"][number]): HeldLease {
  const { app, env, holder, fence, purpose, link, takenAt, renewedAt, expires } = lease;
  return {
    app,
    env,
    holder,
    fence,
    purpose,
    link,
    takenAt: iso(takenAt),
    renewedAt: iso(renewedAt),
    expiresAt: iso(expires),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

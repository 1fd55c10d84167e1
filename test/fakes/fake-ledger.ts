import type { DeploymentOutcome, DeploymentSummary, KnownGood } from "../../src/core/deployment/types.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import type { Release } from "../../src/core/release/types.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Journal, JournalEntry, JournalRecord, StateChange } from "../../src/ports/journal.ts";
import type { HeldLease, Lease, LeaseAnswer, LeaseRequest, LeaseStore } from "../../src/ports/lease-store.ts";
import type { Releases } from "../../src/ports/releases.ts";

interface Row {
  readonly deploymentId: string;
  readonly purpose: "deploy" | "rollback";
  readonly release: Release;
  readonly actor: string;
  readonly startedAt: string;
  outcome: DeploymentOutcome | undefined;
  endedAt: string | undefined;
}

/** The ledger in memory; fake-ledger.md says how it behaves. */
export class FakeLedger implements Journal, Releases, LeaseStore {
  readonly appended: JournalRecord[] = [];
  readonly commits: KnownGood[] = [];
  /** From the append of this number on (1 is the first) the database does not answer. */
  unreachableFrom = Infinity;
  readonly #clock: Clock;
  readonly #rows: Row[] = [];
  #lease: (HeldLease & { readonly expires: number }) | undefined;
  #fence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(entry: JournalEntry, changes: readonly StateChange[] = []): Promise<JournalRecord> {
    if (this.appended.length + 1 >= this.unreachableFrom) throw unreachable();
    if (entry.fence !== this.#fence) throw stale(entry);
    const record = { ...entry, seq: this.appended.length + 1, at: this.#time() };
    this.appended.push(record);
    for (const change of changes) this.#change(record, change);
    return record;
  }

  async records(deploymentId: string): Promise<readonly JournalRecord[]> {
    return this.appended.filter((record) => record.deploymentId === deploymentId);
  }

  async lastKnownGood(): Promise<KnownGood | undefined> {
    return this.commits.at(-1);
  }

  async history(): Promise<readonly KnownGood[]> {
    return [...this.commits];
  }

  async deployments(_app: string, _env: string, limit: number): Promise<readonly DeploymentSummary[]> {
    return this.#rows
      .toReversed()
      .slice(0, limit)
      .map(({ release, ...row }) => ({ ...row, releaseId: release.id, version: release.version }));
  }

  async take(request: LeaseRequest): Promise<LeaseAnswer> {
    if (this.unreachableFrom <= 1) throw unreachable();
    const before = this.#lease;
    const { lifetimeSeconds, ...wish } = request;
    if (before !== undefined && before.expires > this.#clock.now())
      return { kind: "held", by: visible(before) };

    const expires = this.#clock.now() + lifetimeSeconds * 1000;
    const lease = { ...wish, fence: ++this.#fence };
    this.#lease = {
      ...lease,
      takenAt: this.#time(),
      renewedAt: this.#time(),
      expiresAt: iso(expires),
      expires,
    };
    return { kind: "taken", lease, takenOverFrom: before && visible(before) };
  }

  async renew(lease: Lease, lifetimeSeconds: number): Promise<"renewed" | "lost"> {
    if (this.#lease?.fence !== lease.fence || this.#lease.expires <= this.#clock.now()) return "lost";
    const expires = this.#clock.now() + lifetimeSeconds * 1000;
    this.#lease = { ...this.#lease, renewedAt: this.#time(), expiresAt: iso(expires), expires };
    return "renewed";
  }

  async release(lease: Lease): Promise<void> {
    if (this.#lease?.fence === lease.fence) this.#lease = undefined;
  }

  async current(): Promise<HeldLease | undefined> {
    return this.#lease && this.#lease.expires > this.#clock.now() ? visible(this.#lease) : undefined;
  }

  /** Each record as `step intent` or `step done`, for short expectations. */
  story(): string[] {
    return this.appended.map(({ step, phase, outcome }) => `${step ?? "deployment"} ${outcome ?? phase}`);
  }

  #change(record: JournalRecord, change: StateChange): void {
    const { deploymentId, actor, at } = record;
    const row = this.#rows.find((candidate) => candidate.deploymentId === deploymentId);
    if (change.kind === "begin") {
      if (row === undefined) {
        const { purpose, release } = change;
        this.#rows.push({
          deploymentId,
          purpose,
          release,
          actor,
          startedAt: at,
          outcome: undefined,
          endedAt: undefined,
        });
      } else Object.assign(row, { outcome: undefined, endedAt: undefined });
    } else if (change.kind === "commit") {
      const { purpose, release, revisions } = change;
      this.commits.push({ deploymentId, purpose, release, revisions, at });
    } else if (change.kind === "end" && row !== undefined) Object.assign(row, { outcome: change.outcome, endedAt: at });
  }

  #time(): string {
    return iso(this.#clock.now());
  }
}

function visible({ app, env, holder, fence, purpose, takenAt, renewedAt, expiresAt }: HeldLease): HeldLease {
  return { app, env, holder, fence, purpose, takenAt, renewedAt, expiresAt };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function unreachable(): SlipwayError {
  return new SlipwayError(
    { code: "LEDGER_UNREACHABLE", at: "ledger", says: "does not answer", hint: "start it" },
    "verifyFailed",
  );
}

function stale({ app, env }: JournalEntry): SlipwayError {
  return new SlipwayError(
    { code: "LEASE_LOST", at: `${app}/${env}`, says: "a newer fence was given out", hint: "run it again" },
    "leaseHeld",
  );
}

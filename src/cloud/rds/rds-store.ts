import { join } from "node:path";
import { KeptState } from "../kept-state.ts";
import type { Scheduler } from "../scheduler.ts";

/** A database that the account has: an instance, or an Aurora cluster. */
export interface StoredDatabase {
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly createdAt: number;
  /** Days for which it can be put back to any moment; 0: it cannot. */
  retentionDays: number;
}

export interface StoredSnapshot {
  readonly snapshot: string;
  readonly of: DatabaseKind;
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly createdAt: number;
  /** When it is ready, in milliseconds since the epoch. */
  readonly readyAt: number;
  readonly fails: boolean;
}

export type DatabaseKind = "instance" | "cluster";

interface RdsState {
  readonly instance: Record<string, StoredDatabase>;
  readonly cluster: Record<string, StoredDatabase>;
  readonly snapshots: Record<string, StoredSnapshot>;
}

/** How long a snapshot takes, in milliseconds of the cloud's time. */
const SNAPSHOT_MS = 60_000;

/** What the account has of databases and snapshots. How far a snapshot is follows from the clock. */
export class RdsStore {
  readonly scheduler: Scheduler;
  /** Snapshots taken from now on end as `failed`. */
  failsSnapshots = false;
  readonly #kept: KeptState<RdsState>;

  constructor(folder: string, scheduler: Scheduler) {
    this.#kept = new KeptState<RdsState>(join(folder, "rds.json"), {
      instance: {},
      cluster: {},
      snapshots: {},
    });
    this.scheduler = scheduler;
  }

  find(of: DatabaseKind, identifier: string): StoredDatabase | undefined {
    const known = this.#kept.value[of];
    // RDS keeps identifiers in lower case.
    return Object.hasOwn(known, identifier.toLowerCase()) ? known[identifier.toLowerCase()] : undefined;
  }

  /** Adds a database unless it is there. */
  ensure(of: DatabaseKind, identifier: string, retentionDays = 7): StoredDatabase {
    const found = this.find(of, identifier);
    if (found !== undefined) return found;
    const made = {
      identifier: identifier.toLowerCase(),
      engine: of === "cluster" ? "aurora-postgresql" : "postgres",
      engineVersion: "17.6",
      createdAt: this.scheduler.now(),
      retentionDays,
    };
    this.#kept.value[of][made.identifier] = made;
    this.#kept.save();
    return made;
  }

  snapshot(of: DatabaseKind, name: string): StoredSnapshot | undefined {
    return Object.values(this.#kept.value.snapshots).find(
      (one) => one.of === of && one.snapshot === name.toLowerCase(),
    );
  }

  /** Begins a snapshot. */
  take(
    of: DatabaseKind,
    { identifier, engine, engineVersion }: StoredDatabase,
    name: string,
  ): StoredSnapshot {
    const createdAt = this.scheduler.now();
    const readyAt = createdAt + this.scheduler.compressed(SNAPSHOT_MS);
    const fails = this.failsSnapshots;
    const snapshot = name.toLowerCase();
    const taken = { snapshot, of, identifier, engine, engineVersion, createdAt, readyAt, fails };
    this.#kept.value.snapshots[`${of}/${snapshot}`] = taken;
    this.#kept.save();
    return taken;
  }

  statusOf({ readyAt, fails }: StoredSnapshot): "creating" | "available" | "failed" {
    if (this.scheduler.now() < readyAt) return "creating";
    return fails ? "failed" : "available";
  }

  /** Whether a snapshot of the database is under way. */
  isBusy(of: DatabaseKind, identifier: string): boolean {
    return Object.values(this.#kept.value.snapshots).some(
      (one) => one.of === of && one.identifier === identifier && this.statusOf(one) === "creating",
    );
  }
}

// What an environment demands before it lets a deployment in. Types only.

import type { RunsConfig } from "./database-types.ts";

/** What an environment demands before it lets a deployment in. An undefined rule demands nothing. */
export interface EnvironmentPolicy {
  readonly windows: WindowPolicy | undefined;
  readonly rateLimit: RateLimitPolicy | undefined;
  readonly promotion: PromotionPolicy | undefined;
  readonly approvals: ApprovalPolicy | undefined;
  /** Most seconds that a rollback may take at worst; a deployment whose way back could take longer is refused. */
  readonly rollbackLimitSeconds: number;
  /** Seconds after the smoke test during which the new release is watched; 0: not at all. */
  readonly watchSeconds: number;
  readonly migrations: MigrationPolicy;
  /** How the database is kept safe before it is migrated. */
  readonly backup: BackupPolicy;
}

/** What is demanded of migrations before they run. */
export interface MigrationPolicy {
  /** Whether each pending one must have passed its rehearsal. */
  readonly rehearsed: boolean;
  /** What a schema means that is not as its last migration left it. */
  readonly drift: "refuse" | "note" | "ignore";
  /** Whether a waiver counts that its owner has not signed. */
  readonly waivers: "signed" | "noted";
  /** After so long one that still runs is told; undefined: five. */
  readonly alertAfterMinutes?: number;
  /** Undefined: as the database says for all environments. */
  readonly runs?: RunsConfig;
}

/** Before migrations run: no backup, one that is taken and proven, or a demand that nobody has said how to meet. */
export type BackupPolicy = { readonly kind: "none" } | { readonly kind: "undecided" } | TakenBackup;

export type TakenBackup = DumpPolicy | SnapshotPolicy;

/** `pg_dump` to a folder, restored once to prove it. */
export interface DumpPolicy {
  readonly kind: "pg_dump";
  /** Relative to the app's folder, or absolute. */
  readonly folder: string;
  /** A proven backup of this schema that is no older is good enough; 0: always a new one. */
  readonly maxAgeMinutes: number;
  /** Where it is restored to prove it: another database of the same server, or a server of this machine. */
  readonly proveOn: "same-server" | "scratch-server";
  /** Secret with the URL of a role that may read every row; undefined: that of the role that migrates. */
  readonly urlSecret: string | undefined;
  /** Limit of taking and proving it together. */
  readonly timeoutSeconds: number;
}

/** A snapshot by RDS, awaited until it is available: of an instance, or of an Aurora cluster. */
export interface SnapshotPolicy {
  readonly kind: "rds-snapshot";
  readonly of: "instance" | "cluster";
  readonly identifier: string;
  readonly timeoutSeconds: number;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** When deployments may begin. Blackouts beat holidays, holidays beat hours. */
export interface WindowPolicy {
  /** IANA time zone. */
  readonly zone: string;
  readonly open: readonly OpenHours[];
  /** Local dates, `YYYY-MM-DD`, on which it stays closed all day. */
  readonly holidays: readonly string[];
  readonly blackouts: readonly Blackout[];
  /** A deployment that reaches the end of its window: go on to the end, or stop before the next irreversible step. */
  readonly overrun: "finish" | "stop";
}

/** Local wall-clock times, `HH:MM`; `to` is exclusive, and one not after `from` is on the next day. */
export interface OpenHours {
  readonly days: readonly Weekday[];
  readonly from: string;
  readonly to: string;
}

/** Local times, `YYYY-MM-DDTHH:MM`; `to` is exclusive. */
export interface Blackout {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface RateLimitPolicy {
  readonly deployments: number;
  readonly hours: number;
}

export interface PromotionPolicy {
  /** The environment that must have had this very release. */
  readonly from: string;
  readonly withinHours: number;
}

export interface ApprovalPolicy {
  /** Role → how many of its people must approve. */
  readonly roles: Readonly<Record<string, number>>;
  readonly expireHours: number;
}

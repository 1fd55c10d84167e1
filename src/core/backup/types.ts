// What is known of a backup, and what makes it believable. Types only.

/** From when to when the database can be put back to any moment, as RDS tells it. RFC 3339, UTC. */
export interface RecoveryWindow {
  readonly earliest: string | null;
  readonly latest: string;
}

/** A `pg_dump` that was restored once, and found to be what the database was when it was taken. */
export interface ProvenDump {
  readonly kind: "pg_dump";
  /** Name of the file. */
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
  /** Of the bytes as `pg_dump` gave them, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Server's time of the snapshot that it holds; RFC 3339, UTC. */
  readonly takenAt: string;
  readonly takenSeconds: number;
  readonly restoredSeconds: number;
  readonly tables: number;
  readonly rows: number;
  /** Hex SHA-256 of the schema, of the database and of what was restored. */
  readonly schema: string;
  /** Major version of the server. */
  readonly major: number;
  /** Version of the tool that took it. */
  readonly tool: string;
  /** True: it was taken before and is recent enough. */
  readonly reused: boolean;
}

/** A snapshot that RDS calls available. Nobody has restored it. */
export interface AvailableSnapshot {
  readonly kind: "rds-snapshot";
  /** Its ARN. */
  readonly id: string;
  readonly snapshot: string;
  readonly of: "instance" | "cluster";
  readonly identifier: string;
  /** Such as `postgres 16.4`. */
  readonly engine: string;
  readonly takenAt: string;
  readonly takenSeconds: number;
  readonly window: RecoveryWindow | null;
}

export type BackupProof = ProvenDump | AvailableSnapshot;

import type { Waiver } from "./waiver.ts";
import type { SchemaShift } from "../schema/schema-shift.ts";

/** A migration as a record of the ledger names it. */
export interface RecordedMigration {
  readonly file: string;
  readonly seconds: number;
  /** How often it was begun, because a lock was not to be had. */
  readonly attempts: number;
  /** Hex SHA-256 of the files and of the SQL that they stand for; null: nobody can say any more. */
  readonly upSha256: string | null;
  readonly downSha256: string | null;
  readonly renderedSha256: string | null;
  /** Hex SHA-256 of the schema around its up; null: nobody described it. */
  readonly schemaBefore: string | null;
  readonly schemaAfter: string | null;
  /** What of it was let through; left out when nothing was. */
  readonly waivers?: readonly RecordedWaiver[];
}

/** A waiver as a record of the ledger names it; its words and its signature are in the evidence. */
export interface RecordedWaiver extends Pick<Waiver, "rule" | "at" | "owner" | "expires"> {
  /** Id of the signature; null: nobody signed. */
  readonly signed: string | null;
}

/** What the ledger holds of a run of migrations, whichever way it went and however it ended. */
export interface MigrationRecord {
  readonly direction: "up" | "down";
  readonly ran: readonly RecordedMigration[];
  readonly failed: RecordedMigration | null;
  /** Of a run that failed: files that ran and have not been undone. */
  readonly stayed: readonly string[];
  /** Id of the migration that ran last, before and after; null: none has, or after: nobody can say. */
  readonly versionBefore: string | null;
  readonly version: string | null;
  /** Hex SHA-256 of the schema before and after the run; null: nobody can say. */
  readonly schemaBefore: string;
  readonly schema: string | null;
  /** Names of what a failed migration has left. */
  readonly left: readonly string[];
  /** Of the backup that this run began with; null: it has none. */
  readonly backup: string | null;
  readonly seconds: number;
}

/** How one migration went. */
export interface MigrationWent {
  readonly file: string;
  readonly seconds: number;
  readonly attempts?: number;
}

/** Of a migration, what the files and the database know of it. */
export type KnownMigration = Omit<RecordedMigration, "seconds" | "attempts"> & { readonly downFile: string };

/** Puts the record of a run together. */
export function migrationRecord(
  run: Omit<MigrationRecord, "ran" | "failed" | "left"> & {
    readonly ran: readonly MigrationWent[];
    readonly failed: MigrationWent | undefined;
    readonly known: readonly KnownMigration[];
    readonly left: SchemaShift | undefined;
  },
): MigrationRecord {
  const { known, left, ran, failed, ...rest } = run;
  return {
    ...rest,
    ran: ran.map((one) => recorded(one, known)),
    failed: failed === undefined ? null : recorded(failed, known),
    left: left?.changes ?? [],
  };
}

function recorded(
  { file, seconds, attempts = 1 }: MigrationWent,
  known: readonly KnownMigration[],
): RecordedMigration {
  const found = known.find((one) => one.file === file || one.downFile === file);
  return {
    file,
    seconds,
    attempts,
    upSha256: found?.upSha256 ?? null,
    downSha256: found?.downSha256 ?? null,
    renderedSha256: found?.renderedSha256 ?? null,
    schemaBefore: found?.schemaBefore ?? null,
    schemaAfter: found?.schemaAfter ?? null,
    ...(found?.waivers !== undefined && { waivers: found.waivers }),
  };
}

/** What of a run rests on waivers that nobody has signed, for people. */
export function unsignedWaivers({
  direction,
  ran,
}: Pick<MigrationRecord, "direction" | "ran">): readonly string[] {
  if (direction === "down") return [];
  return ran.flatMap(({ file, waivers = [] }) =>
    waivers
      .filter(({ signed }) => signed === null)
      .map(({ rule, owner }) => `${file} ran on a waiver of ${rule} by ${owner} that nobody has signed`),
  );
}

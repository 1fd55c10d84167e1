import { compareSchemas, nameChange } from "./compare-schemas.ts";
import type { SchemaSnapshot } from "./types.ts";

/** A schema at two moments. */
export interface SchemaShift {
  /** Hex SHA-256; equal ones mean that nothing changed. */
  readonly before: string;
  readonly after: string;
  /** What differs, by names alone and without any definition: `+ index public.entries_by_day`. */
  readonly changes: readonly string[];
}

export interface HashedSchema {
  readonly sha256: string;
  readonly snapshot: SchemaSnapshot;
}

const MOST = 20;

/** What happened to a schema between two descriptions of it, for a record: of many changes the first are named. */
export function schemaShift(before: HashedSchema, after: HashedSchema): SchemaShift {
  const names =
    before.sha256 === after.sha256
      ? []
      : compareSchemas(before.snapshot, after.snapshot).map((change) => nameChange(change));
  const changes = names.length > MOST ? [...names.slice(0, MOST), `${names.length - MOST} more`] : names;
  return { before: before.sha256, after: after.sha256, changes };
}

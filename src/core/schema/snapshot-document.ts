import { SlipwayError } from "../errors.ts";
import type { SchemaSnapshot } from "./types.ts";

/** Whose schema it is: what has to be known to compare it with that of another database. */
export interface SnapshotOrigin {
  /** The role that migrates, as the schema names it. */
  readonly owner: string;
  /** `18.4`. */
  readonly postgres: string;
}

/** The answer of `migrate snapshot`. */
export interface SnapshotDocument extends SnapshotOrigin {
  readonly app: string;
  /** Null: a database of no environment. */
  readonly environment: string | null;
  /** Hex SHA-256 of the schema's canonical JSON. */
  readonly sha256: string;
  readonly schema: SchemaSnapshot;
}

/** A snapshot that was kept in a file. Throws `SNAPSHOT_FILE_WRONG` (exit 2); `hash` is that of canonical JSON. */
export function readSnapshotDocument(
  document: unknown,
  file: string,
  hash: (value: unknown) => string,
): SnapshotDocument {
  if (!isSnapshot(document)) throw wrong(file, "is no snapshot of a schema");
  if (hash(document.schema) === document.sha256) return document;
  throw wrong(file, "was changed after it was written: its schema has another hash");
}

function isSnapshot(value: unknown): value is SnapshotDocument {
  const { owner, postgres, sha256, schema } = (value ?? {}) as Partial<SnapshotDocument>;
  const isText = [owner, postgres, sha256].every((text) => typeof text === "string");
  return (
    isText && typeof schema === "object" && schema !== null && Object.values(schema).every(Array.isArray)
  );
}

function wrong(file: string, says: string): SlipwayError {
  const hint = `make it with slipway migrate snapshot --json > ${file}`;
  return new SlipwayError({ code: "SNAPSHOT_FILE_WRONG", at: file, says, hint }, "usage");
}

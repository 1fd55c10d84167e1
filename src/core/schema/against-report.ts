import { EXIT_CODES, type Problem } from "../errors.ts";
import { compareSchemas, describeChange, describeChanges, type SchemaChange } from "./compare-schemas.ts";
import { nameOwner, withoutSetup } from "./name-owner.ts";
import type { SnapshotDocument } from "./snapshot-document.ts";

/** The answer of `migrate drift --against`. */
export interface AgainstReport {
  readonly verdict: "same" | "different" | "not comparable";
  readonly app: string;
  readonly environment: string | null;
  /** The file that holds the snapshot. */
  readonly against: string;
  /** Hex SHA-256, each with its database's own name for the role that migrates. */
  readonly expected: string;
  readonly found: string;
  /** From the file's schema to the database's. */
  readonly changes: readonly SchemaChange[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Compares two schemas, whatever their owners are called. */
export function againstReport(against: string, kept: SnapshotDocument, now: SnapshotDocument): AgainstReport {
  const comparable = majorOf(kept.postgres) === majorOf(now.postgres);
  const changes = comparable ? compareSchemas(comparableSchema(kept), comparableSchema(now)) : [];
  const problems = comparable ? differing(against, changes) : [otherMajor(against, kept, now)];
  return {
    verdict: comparable ? (changes.length === 0 ? "same" : "different") : "not comparable",
    app: now.app,
    environment: now.environment,
    against,
    expected: kept.sha256,
    found: now.sha256,
    changes,
    problems,
    exitCode: EXIT_CODES[problems.length === 0 ? "done" : "gateClosed"].code,
  };
}

function comparableSchema({ schema, owner }: SnapshotDocument) {
  return withoutSetup(nameOwner(schema, owner));
}

function majorOf(postgres: string): string {
  return postgres.split(".")[0] ?? "";
}

const SHOWN = 8;

function differing(against: string, changes: readonly SchemaChange[]): readonly Problem[] {
  if (changes.length === 0) return [];
  const told = changes.slice(0, SHOWN).map((change) => describeChange(change));
  const more = changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : "";
  return [
    {
      code: "SCHEMA_DIFFERS",
      at: "database",
      says: `differs from ${against} in ${changes.length} ${changes.length === 1 ? "place" : "places"}: ${told.join("; ")}${more}`,
      hint: "put the difference into a migration, or take the snapshot again from what is right",
    },
  ];
}

function otherMajor(against: string, kept: SnapshotDocument, now: SnapshotDocument): Problem {
  return {
    code: "SNAPSHOT_OTHER_MAJOR",
    at: against,
    says: `was taken on Postgres ${kept.postgres}, and this is ${now.postgres}, which describes the same schema in other words`,
    hint: `take it again on Postgres ${majorOf(now.postgres)}`,
  };
}

/** The comparison as people read it. */
export function describeAgainst({ verdict, against, found, changes }: AgainstReport): string {
  if (verdict === "same") return `the schema is that of ${against} (${found.slice(0, 12)})`;
  if (verdict === "not comparable") return `the schema was not compared with ${against}`;
  return `the schema is not that of ${against} (+ only here, - only there, ~ differs)\n${describeChanges(changes)}`;
}

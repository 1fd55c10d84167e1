import type { Problem } from "../../core/errors.ts";
import type { MigrationText } from "../../core/migration/types.ts";
import { codeOf } from "./connect-problem.ts";

/** SQLSTATE → what to call it and what to do; anything else is the statement's own fault. */
const KNOWN: Readonly<Record<string, readonly [code: string, hint: string]>> = {
  "55P03": ["MIGRATION_LOCK_TIMEOUT", "try again; pg_stat_activity shows who holds the table"],
  "57014": [
    "MIGRATION_TIMEOUT",
    "split the migration, or give it time: -- slipway: statement-timeout=900s; a user request is somebody's pg_cancel_backend",
  ],
  "25006": [
    "MIGRATION_FAILED",
    "take out what makes the transaction or the database read only; nothing of it was kept",
  ],
  "40P01": ["MIGRATION_DEADLOCK", "try again when the application is quieter"],
  "42501": [
    "MIGRATION_NOT_ALLOWED",
    "migrate as a role that owns the tables; rows hidden by row-level security are never skipped in silence",
  ],
  "57P01": ["MIGRATION_CONNECTION_LOST", "check the server's log and try again"],
  "25P02": ["MIGRATION_FAILED", "mend the migration and try again"],
};

/** Why the statements of a migration failed, with the line when the server tells where. */
export function statementProblem(
  error: unknown,
  { file, sql }: Pick<MigrationText, "file" | "sql">,
): Problem {
  const code = codeOf(error);
  // No SQLSTATE: the fault is the connection's, or the process's own.
  const isConnection = !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("08");
  const [name, hint] = KNOWN[code] ??
    (isConnection ? KNOWN["57P01"] : undefined) ?? [
      "MIGRATION_FAILED",
      "mend the migration and try again; nothing of it was kept",
    ];
  const line = lineOf(error, sql);
  const says = error instanceof Error ? error.message : String(error);
  return {
    code: name,
    at: line === undefined ? file : `${file}:${line}`,
    // The server's detail and hint are left out: they quote rows.
    says: code === "" ? says : `${says} (${code})`,
    hint,
  };
}

function lineOf(error: unknown, sql: string): number | undefined {
  if (typeof error !== "object" || error === null || !("position" in error)) return undefined;
  const position = Number(error.position);
  if (!Number.isInteger(position) || position < 1) return undefined;
  // Positions count characters, not UTF-16 units.
  return (
    Array.from(sql)
      .slice(0, position - 1)
      .filter((character) => character === "\n").length + 1
  );
}

import type { QueryResult } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { scanSql } from "../../core/migration/scan-sql.ts";
import type { MigrationText, RowCount } from "../../core/migration/types.ts";

const CHANGING = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

/** Throws `MIGRATION_ROWS` when a statement changed other than the file expects: a backfill that finds nothing is a fault. */
export function checkRows({ file, sql, header }: MigrationText, results: readonly QueryResult[]): void {
  const { expectRows } = header;
  if (expectRows === undefined) return;
  if (!results.some(({ command }) => CHANGING.has(command)))
    throw new SlipwayError(uncounted(file), "verifyFailed");
  const wrong = results.findIndex(
    ({ command, rowCount }) => CHANGING.has(command) && !isWithin(rowCount ?? 0, expectRows),
  );
  const found = results[wrong];
  if (found === undefined) return;
  const { statements } = scanSql(sql);
  const line = statements.length === results.length ? `:${statements[wrong]?.line}` : "";
  throw new SlipwayError(
    {
      code: "MIGRATION_ROWS",
      at: `${file}${line}`,
      says: `${found.command} changed ${found.rowCount ?? 0} rows, and the file expects ${rangeOf(expectRows)}`,
      hint: "find out why before anything else; the migration was undone",
    },
    "verifyFailed",
  );
}

/** Statements inside of DO, a function or a WITH tell nobody how many rows they changed. */
function uncounted(at: string): Problem {
  return {
    code: "MIGRATION_ROWS",
    at,
    says: "expects rows, and no statement of it tells how many it changed",
    hint: "write the INSERT, UPDATE, DELETE or MERGE as a statement of its own; the migration was undone",
  };
}

function isWithin(rows: number, { least, most }: RowCount): boolean {
  return rows >= least && (most === undefined || rows <= most);
}

function rangeOf({ least, most }: RowCount): string {
  if (most === undefined) return `${least} or more`;
  return least === most ? String(least) : `${least} to ${most}`;
}

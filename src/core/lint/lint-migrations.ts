import { breakRules } from "./break-rules.ts";
import { dataRules } from "./data-rules.ts";
import { downRules } from "./down-rules.ts";
import { fileRules, type Placed } from "./file-rules.ts";
import { forcedTableRules } from "./forced-tables.ts";
import { listAt, relationOf } from "./node.ts";
import { securityRules, type Said } from "./security-rules.ts";
import { sessionRules } from "./session-rules.ts";
import { fromSquawk, type SquawkWarning } from "./squawk-rules.ts";
import { tenantRules } from "./tenant-rules.ts";
import { wholeHistoryRules } from "./whole-history-rules.ts";
import type { Finding, LintFacts, LintStatement, LintText, Severity, TableStatistics } from "./types.ts";

/** Below this a table is read or written anew before anybody notices. */
const SMALL: TableStatistics = { rows: 10_000, bytes: 16 * 1024 * 1024 };
/** From here on a backfill in one transaction is worth a word. */
const LARGE_ROWS = 100_000;

/** What goes by the size of the table: how long others wait. */
const BY_SIZE = new Set([
  "LINT_BLOCKS_TABLE",
  "LINT_NO_WHERE",
  "LINT_REQUIRE_CONCURRENT_INDEX_CREATION",
  "LINT_REQUIRE_CONCURRENT_INDEX_DELETION",
  "LINT_REQUIRE_CONCURRENT_REINDEX",
  "LINT_CONSTRAINT_MISSING_NOT_VALID",
  "LINT_ADDING_FOREIGN_KEY_CONSTRAINT",
  "LINT_ADDING_NOT_NULLABLE_FIELD",
  "LINT_ADDING_FIELD_WITH_DEFAULT",
  "LINT_DISALLOWED_UNIQUE_CONSTRAINT",
  "LINT_CHANGING_COLUMN_TYPE",
]);

/** All that is to be said about migrations, in their order. `squawk` answers its warnings of one text. */
export function lintMigrations(
  texts: readonly LintText[],
  squawk: (text: LintText) => readonly SquawkWarning[],
  facts: LintFacts,
): readonly Finding[] {
  const indexed = tablesOfIndexes(texts);
  const tenants = tenantRules(texts, facts.settings);
  const forced = forcedTableRules(texts);
  const whole = wholeHistoryRules(texts);
  const ups = new Map(
    texts.flatMap((text) => (text.direction === "up" ? [[text.migration, text] as const] : [])),
  );
  return texts.flatMap((text) => {
    const said: readonly Placed[] = [
      ...text.statements.flatMap((statement) => {
        const rules = [
          ...dataRules(statement).filter((one) => applies(one, text, facts)),
          ...(text.direction === "up" ? securityRules(statement) : []),
          ...sessionRules(statement, text),
          ...breakRules(statement, text),
        ];
        return rules.map((one) => ({ ...one, line: statement.line }));
      }),
      ...fileRules(text),
      ...downRules(text, ups.get(text.migration)),
      ...(forced.get(text) ?? []),
      ...(whole.get(text) ?? []),
      ...squawk(text).flatMap((warning) => fromSquawk(warning, text) ?? []),
      ...(text.direction === "up" ? tenants.filter(({ file }) => file === text.file) : []),
    ];
    return said
      .map((one) => finding(one, text, facts, indexed))
      .toSorted((one, other) => lineOf(one) - lineOf(other));
  });
}

/** A backfill is told of when its table is large and the file does not say that it means few rows. */
function applies({ code, relation = null }: Said, text: LintText, { statistics }: LintFacts): boolean {
  if (code !== "LINT_BACKFILL_LARGE") return true;
  const { most = Infinity } = text.migration[text.direction].header.expectRows ?? {};
  const rows = relation === null ? 0 : (statistics?.[relation]?.rows ?? 0);
  return rows >= LARGE_ROWS && most >= SMALL.rows + 1;
}

function finding(
  said: Placed,
  text: LintText,
  facts: LintFacts,
  indexed: ReadonlyMap<string, string>,
): Finding {
  const statement = text.statements.findLast(({ line }) => line <= said.line);
  const relation = said.relation ?? (statement === undefined ? null : tableOf(statement, indexed));
  const { code, says, hint, line } = said;
  const weighed = BY_SIZE.has(code) ? bySize(relation, facts) : undefined;
  // What is dropped in a down was there a moment ago; nobody waits longer than for the up.
  const severity: Severity = said.severity ?? weighed?.severity ?? "error";
  return {
    code,
    at: `${text.file}:${line}`,
    says: `${says}${weighed?.says ?? ""}`,
    hint,
    severity,
    relation,
  };
}

/** Name of an index → its table, as the migrations made it. */
function tablesOfIndexes(texts: readonly LintText[]): ReadonlyMap<string, string> {
  const indexes = texts.flatMap(({ statements }) => statements).filter(({ kind }) => kind === "IndexStmt");
  return new Map(
    indexes.flatMap(({ node }) => {
      const [name, table] = [node["idxname"], relationOf(node)];
      return typeof name === "string" && table !== null ? [[name, table] as const] : [];
    }),
  );
}

function tableOf({ kind, node }: LintStatement, indexed: ReadonlyMap<string, string>): string | null {
  if (kind !== "DropStmt" || node["removeType"] !== "OBJECT_INDEX") return relationOf(node);
  const [first] = listAt(node, "objects");
  return indexed.get(String(listAt(first, "items").at(-1)?.["sval"])) ?? null;
}

function bySize(
  relation: string | null,
  { statistics }: LintFacts,
): { readonly severity: Severity; readonly says: string } | undefined {
  if (relation === null || statistics === undefined) return undefined;
  const size = statistics[relation];
  // Production has no such table yet, so it is empty when the migration runs.
  if (size === undefined) return { severity: "warning", says: `; ${relation} is new` };
  const severity = size.rows < SMALL.rows && size.bytes < SMALL.bytes ? "warning" : "error";
  return { severity, says: `; ${relation} has ${size.rows.toLocaleString("en-US")} rows` };
}

function lineOf({ at }: Finding): number {
  return Number(at.slice(at.lastIndexOf(":") + 1));
}

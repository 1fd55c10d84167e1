/** A statement as Postgres's own parser sees it. */
export interface ParsedStatement {
  /** Its text, byte-exact, without the semicolon and what stands before its first word. */
  readonly text: string;
  /** First line of the statement itself, from 1. */
  readonly line: number;
  /** Kind of the node, such as `IndexStmt`. */
  readonly kind: string;
  readonly node: Readonly<Record<string, unknown>>;
}

export type ParsedSql =
  | { readonly kind: "parsed"; readonly statements: readonly ParsedStatement[] }
  | { readonly kind: "refused"; readonly says: string; readonly line: number };

interface RawStatement {
  readonly stmt: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Bytes; left out for 0. */
  readonly stmt_location?: number;
  /** Bytes; left out for "to the end". */
  readonly stmt_len?: number;
}

/** Parses SQL with the grammar of Postgres 18. */
export async function parseSql(sql: string): Promise<ParsedSql> {
  const { parse } = await import("libpg-query");
  const bytes = Buffer.from(sql, "utf8");
  try {
    const { stmts = [] } = (await parse(sql)) as unknown as { readonly stmts?: readonly RawStatement[] };
    return {
      kind: "parsed",
      statements: stmts.map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
        const text = bytes.subarray(from, length === undefined ? undefined : from + length).toString("utf8");
        const [kind = "", node = {}] = Object.entries(stmt)[0] ?? [];
        const lead = leading(text);
        const before = bytes.subarray(0, from).toString("utf8") + lead;
        return { text: text.slice(lead.length), line: lineOf(before), kind, node };
      }),
    };
  } catch (error) {
    const position = positionOf(error);
    return {
      kind: "refused",
      says: error instanceof Error ? error.message : String(error),
      line: lineOf(sql.slice(0, position ?? 0)),
    };
  }
}

/** White space and comments before the first word of a statement. */
function leading(text: string): string {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/.exec(text)?.[0] ?? "";
}

function lineOf(before: string): number {
  return before.split("\n").length;
}

function positionOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("sqlDetails" in error)) return undefined;
  const { sqlDetails } = error as { readonly sqlDetails?: { readonly cursorPosition?: unknown } };
  return typeof sqlDetails?.cursorPosition === "number" ? sqlDetails.cursorPosition : undefined;
}

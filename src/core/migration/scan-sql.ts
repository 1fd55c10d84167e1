/** A statement of a SQL text, without comments, strings and what stands in brackets. */
export interface SqlStatement {
  readonly line: number;
  /** Bare words, in upper case. */
  readonly words: readonly string[];
  /** What stands in double quotes, without them. */
  readonly names: readonly string[];
}

export interface SqlScan {
  readonly statements: readonly SqlStatement[];
  /** Where a string, a comment or a bracket begins that never ends. */
  readonly unfinished: { readonly line: number; readonly says: string } | undefined;
  /** What psql would do itself: a command such as `\\i`, or rows after a COPY. Nothing after it was looked at. */
  readonly forPsql: { readonly line: number; readonly says: string } | undefined;
}

// Sticky, so that each is tried only where the last one ended; together they take any text apart in one pass.
const SPACE = /[\s]+|--[^\n]*/y;
const STRING = /(?:[eE]'[^'\\]*(?:(?:''|\\[^])[^'\\]*)*'|(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*')/y;
const OPEN_STRING = /(?:[eEbBxXnN]|[uU]&)?'/y;
const IDENTIFIER = /(?:[uU]&)?"[^"]*(?:""[^"]*)*"/y;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\d\w.]*|\$\d+/y;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
// Only for psql a backslash stands outside of a string.
const COMMAND = /\\[^\s\\]*/y;
const COMMENT_EDGE = /\/\*|\*\//g;

/**
 * Splits SQL into statements the way the server does with standard_conforming_strings on: comments nest, dollar quotes
 * have tags, a semicolon inside brackets or inside `BEGIN ATOMIC … END` ends nothing. It does not know grammar.
 */
export function scanSql(sql: string): SqlScan {
  const statements: SqlStatement[] = [];
  const lineAt = lineCounter(sql);
  let words: string[] = [];
  let names: string[] = [];
  let start: number | undefined;
  let depth = 0;
  let atomic = 0;
  let at = 0;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const finish = (): void => {
    if (start !== undefined) statements.push({ line: lineAt(start), words, names });
    words = [];
    names = [];
    start = undefined;
    depth = 0;
    atomic = 0;
  };
  const stopped = (from: number, says: string): SqlScan => {
    finish();
    return { statements, unfinished: { line: lineAt(from), says }, forPsql: undefined };
  };
  const notForUs = (from: number, says: string): SqlScan => {
    finish();
    return { statements, unfinished: undefined, forPsql: { line: lineAt(from), says } };
  };

  while (at < sql.length) {
    const from = at;
    if (match(SPACE) !== undefined) continue;
    if (sql.startsWith("/*", at)) {
      const end = endOfComment(sql, at);
      if (end === undefined) return stopped(from, "a comment that never ends");
      at = end;
      continue;
    }
    if (sql[at] === ";" && depth === 0 && atomic === 0) {
      if (isCopied(words)) return notForUs(start ?? at, COPIED);
      at += 1;
      finish();
      continue;
    }

    start ??= at;
    if (match(STRING) !== undefined) continue;
    const quoted = match(IDENTIFIER);
    if (quoted !== undefined) {
      if (depth === 0) names.push(quoted.slice(quoted.indexOf('"') + 1, -1));
      continue;
    }
    if (match(OPEN_STRING) !== undefined || sql[at] === '"') return stopped(from, "a quote that never ends");
    const word = match(WORD);
    if (word !== undefined) {
      const upper = word.toUpperCase();
      if (isAtomic(words, upper)) atomic = 1;
      else if (atomic > 0 && upper === "CASE") atomic += 1;
      else if (atomic > 0 && upper === "END") atomic -= 1;
      if (depth === 0) words.push(upper);
      continue;
    }
    if (match(NUMBER) !== undefined) continue;
    const tag = match(DOLLAR);
    if (tag !== undefined) {
      const end = sql.indexOf(tag, at);
      if (end < 0) return stopped(from, `a quote ${tag} that never ends`);
      at = end + tag.length;
      continue;
    }
    const command = match(COMMAND);
    if (command !== undefined) return notForUs(from, `the psql command ${command}`);
    if (sql[at] === "(") depth += 1;
    if (sql[at] === ")") depth = Math.max(0, depth - 1);
    at += 1;
  }

  if (depth > 0 || atomic > 0) {
    return stopped(start ?? at, atomic > 0 ? "BEGIN ATOMIC without its END" : "a bracket that is not closed");
  }
  if (isCopied(words)) return notForUs(start ?? at, COPIED);
  finish();
  return { statements, unfinished: undefined, forPsql: undefined };
}

const COPIED = "COPY with rows that the client would send or take";

function isCopied(words: readonly string[]): boolean {
  return words[0] === "COPY" && (words.includes("STDIN") || words.includes("STDOUT"));
}

function isAtomic(words: readonly string[], word: string): boolean {
  return word === "ATOMIC" && words.at(-1) === "BEGIN" && words[0] === "CREATE";
}

function endOfComment(sql: string, from: number): number | undefined {
  let depth = 0;
  COMMENT_EDGE.lastIndex = from;
  for (let edge = COMMENT_EDGE.exec(sql); edge !== null; edge = COMMENT_EDGE.exec(sql)) {
    depth += edge[0] === "/*" ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
  return undefined;
}

/** Lines of positions that are asked for in ascending order, so that the text is counted through once. */
function lineCounter(sql: string): (at: number) => number {
  let line = 1;
  let counted = 0;
  return (at) => {
    for (
      let found = sql.indexOf("\n", counted);
      found >= 0 && found < at;
      found = sql.indexOf("\n", counted)
    ) {
      line += 1;
      counted = found + 1;
    }
    return line;
  };
}

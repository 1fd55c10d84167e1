import type { Problem } from "../errors.ts";
import { scanSql, type SqlStatement } from "../migration/scan-sql.ts";
import { transactionVerb } from "../migration/transaction-verb.ts";
import type { MigrationFile } from "../migration/types.ts";

const NAME = /^\d{4}_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/;
const LIMIT = 10 * 1024 * 1024;
const DIRECTIVE = /^\s*--\s*slipway:/;

/** What reads and writes rows, and what prepares a session for it. Anything else is a migration's work. */
const ROWS = new Set([
  "INSERT",
  "UPDATE",
  "DELETE",
  "MERGE",
  "WITH",
  "SELECT",
  "VALUES",
  "TABLE",
  "SET",
  "RESET",
  "DO",
  "CALL",
  "LOCK",
  "ANALYZE",
]);
const INSTEAD = {
  TRUNCATE: {
    says: "has TRUNCATE, whose rows nobody counts",
    hint: "delete the rows that must not be there, by name",
  },
  COPY: {
    says: "has COPY, whose rows are not in a statement",
    hint: "write them as insert … on conflict do nothing",
  },
} as const;
const TEMPORARY = /^CREATE (LOCAL |GLOBAL )?TEMP(ORARY)? TABLE\b/;

/** Why a file cannot be a seed: its name, its bytes, or statements that do more than write rows. All at once. */
export function seedFileProblems(
  at: string,
  { file, text }: Pick<MigrationFile, "file" | "text">,
): Problem[] {
  const problems = NAME.test(file) ? [] : [nameProblem(at)];
  if (text === undefined || text.includes("\0")) {
    const says = text === undefined ? "is not UTF-8" : "holds a NUL character";
    return [...problems, { code: "SEED_NOT_TEXT", at, says, hint: "write the file as plain UTF-8" }];
  }
  return [...problems, ...textProblems(at, text)];
}

function nameProblem(at: string): Problem {
  return {
    code: "SEED_NAME",
    at,
    says: "is not named as a seed is",
    hint: "name it like 0001_languages.sql, or move it out of the folder",
  };
}

function textProblems(at: string, text: string): Problem[] {
  if (text.length > LIMIT) {
    return [
      {
        code: "SEED_TOO_LARGE",
        at,
        says: `has ${text.length} characters, more than ${LIMIT}`,
        hint: "generate rows with generate_series, or load them from outside",
      },
    ];
  }
  const { statements, unfinished } = scanSql(text);
  if (unfinished !== undefined) {
    const where = `${at}:${unfinished.line}`;
    return [{ code: "SEED_UNFINISHED", at: where, says: `has ${unfinished.says}`, hint: "close it" }];
  }
  const directives = text.split("\n").flatMap((line, index) => (DIRECTIVE.test(line) ? [index + 1] : []));
  const problems = directives.map((line) => ({
    code: "SEED_DIRECTIVE",
    at: `${at}:${line}`,
    says: "has a comment for Slipway, which means something in migrations only",
    hint: "take it out",
  }));
  if (statements.length === 0) {
    return [
      ...problems,
      { code: "SEED_EMPTY", at, says: "has no statement", hint: "write its statements, or delete the file" },
    ];
  }
  return [...problems, ...statements.flatMap((statement) => statementProblem(at, statement) ?? [])];
}

function statementProblem(file: string, { line, words }: SqlStatement): Problem | undefined {
  const at = `${file}:${line}`;
  const [first] = words;
  // Nothing but brackets: a select.
  if (first === undefined || ROWS.has(first) || TEMPORARY.test(words.join(" "))) return undefined;
  const verb = transactionVerb(words);
  if (verb !== undefined) {
    return {
      code: "SEED_TRANSACTION_VERB",
      at,
      says: `has ${verb}; all seeds of a run are in one transaction that Slipway opens and ends`,
      hint: "take the statement out",
    };
  }
  if (first === "TRUNCATE" || first === "COPY") {
    return { code: "SEED_STATEMENT", at, ...INSTEAD[first] };
  }
  return {
    code: "SEED_STATEMENT",
    at,
    says: `has ${words.slice(0, 2).join(" ")}; a seed writes rows and leaves the schema alone`,
    hint: "put it into a migration",
  };
}

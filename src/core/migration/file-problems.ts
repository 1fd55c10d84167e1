import type { Problem } from "../errors.ts";
import { scanSql, type SqlStatement } from "./scan-sql.ts";
import { transactionVerb } from "./transaction-verb.ts";

/** Statements that the server refuses inside a transaction. */
const ALONE = [
  "VACUUM",
  "CREATE DATABASE",
  "DROP DATABASE",
  "CREATE TABLESPACE",
  "DROP TABLESPACE",
  "ALTER SYSTEM",
  "CREATE SUBSCRIPTION",
  "DROP SUBSCRIPTION",
  "REINDEX DATABASE",
  "REINDEX SCHEMA",
  "REINDEX SYSTEM",
];

const HISTORY = "slipway_migrations";

/** Characters of a text, and bytes of a file. */
export const LARGEST = 10 * 1024 * 1024;

export interface FileRole {
  readonly direction: "up" | "down";
  readonly inTransaction: boolean;
}

/** What is wrong with the SQL of one file by itself: nothing in it, a text that does not end, or verbs of transactions. */
export function fileProblems(at: string, sql: string, role: FileRole): Problem[] {
  if (sql.length > LARGEST) return [tooLarge(at, `${sql.length} characters`)];
  if (sql.includes("\0")) {
    return [
      {
        code: "MIGRATION_NOT_TEXT",
        at,
        says: "holds a NUL character",
        hint: "write the file as plain UTF-8",
      },
    ];
  }

  const { statements, unfinished, forPsql } = scanSql(sql);
  if (forPsql !== undefined) {
    return [
      {
        code: "MIGRATION_FOR_PSQL",
        at: `${at}:${forPsql.line}`,
        says: `has ${forPsql.says}, which is psql's work and no SQL`,
        hint: "write statements only; rows go in by INSERT, and those of seeds belong to slipway migrate seed",
      },
    ];
  }
  if (unfinished !== undefined) {
    return [
      {
        code: "MIGRATION_UNFINISHED",
        at: `${at}:${unfinished.line}`,
        says: `has ${unfinished.says}`,
        hint: "close it",
      },
    ];
  }
  if (statements.length === 0) return [emptyProblem(at, role)];
  const problems = statements.flatMap((statement) => statementProblem(at, statement, role) ?? []);
  if (problems.length > 0 || role.inTransaction) return problems;
  return aloneProblem(at, statements) ?? [];
}

export function tooLarge(at: string, size: string): Problem {
  return {
    code: "MIGRATION_TOO_LARGE",
    at,
    says: `has ${size}, more than ${LARGEST}`,
    hint: "load data with COPY from outside; a migration changes the schema",
  };
}

/** Without a transaction only one statement can be undone or tried again as a whole. */
function aloneProblem(at: string, statements: readonly SqlStatement[]): Problem[] | undefined {
  const [first, second] = statements;
  if (second !== undefined) {
    return [
      {
        code: "MIGRATION_NOT_ALONE",
        at: `${at}:${second.line}`,
        says: `is the second of ${statements.length} statements, and without a transaction there is nothing that undoes the first`,
        hint: "put each statement into a migration of its own",
      },
    ];
  }
  if (first === undefined || outsideWord(first) !== undefined) return undefined;
  return [
    {
      code: "MIGRATION_NEEDS_NO_EXCEPTION",
      at: `${at}:${first.line}`,
      says: `has ${first.words.slice(0, 2).join(" ")}, which Postgres runs inside a transaction like any other`,
      hint: "take out the comment -- slipway: no-transaction",
    },
  ];
}

function emptyProblem(at: string, { direction }: FileRole): Problem {
  return {
    code: "MIGRATION_EMPTY",
    at,
    says: "has no statement",
    hint:
      direction === "down"
        ? "write the statements that undo the up file"
        : "write its statements, or delete the pair",
  };
}

function statementProblem(
  at: string,
  statement: SqlStatement,
  { inTransaction }: FileRole,
): Problem | undefined {
  const { words, line } = statement;
  const verb = transactionVerb(words);
  if (verb !== undefined) {
    return {
      code: "MIGRATION_TRANSACTION_VERB",
      at: `${at}:${line}`,
      says: `has ${verb}; every migration runs in a transaction that Slipway opens and ends`,
      hint: "take the statement out",
    };
  }
  if (touchesHistory(statement)) {
    return {
      code: "MIGRATION_TOUCHES_HISTORY",
      at: `${at}:${line}`,
      says: `changes ${HISTORY}, where Slipway remembers what ran`,
      hint: "take the statement out; slipway migrate down takes a migration back, and its record with it",
    };
  }
  const outside = outsideWord(statement);
  if (outside === undefined || !inTransaction) return undefined;
  return {
    code: "MIGRATION_NOT_TRANSACTIONAL",
    at: `${at}:${line}`,
    says: `has ${outside}, which Postgres refuses inside a transaction`,
    hint: "put it alone into a migration whose file begins with: -- slipway: no-transaction",
  };
}

/** Reading it and letting others read it is nobody's harm. */
function touchesHistory({ words, names }: SqlStatement): boolean {
  const [first = ""] = words;
  if (/^(SELECT|WITH|GRANT|REVOKE|COMMENT|ANALYZE|VACUUM)$/.test(first)) return false;
  if (first === "CREATE" && words.includes("VIEW")) return false;
  return words.includes(HISTORY.toUpperCase()) || names.includes(HISTORY);
}

/** What makes a statement one that runs outside of transactions only; `undefined` when it is not one. */
function outsideWord({ words }: SqlStatement): string | undefined {
  const [first = "", second = ""] = words;
  const head = `${first} ${second}`.trim();
  // REFRESH … CONCURRENTLY is the one that may.
  if (words.includes("CONCURRENTLY") && first !== "REFRESH") return `${head} … CONCURRENTLY`;
  return ALONE.includes(first) || ALONE.includes(head) ? head : undefined;
}

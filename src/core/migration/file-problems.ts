import type { Problem } from "../errors.ts";
import { scanSql, type SqlStatement } from "./scan-sql.ts";

/** Words with which a statement begins that opens, ends or splits a transaction. */
const TRANSACTION = new Set([
  "BEGIN",
  "START",
  "COMMIT",
  "END",
  "ROLLBACK",
  "ABORT",
  "SAVEPOINT",
  "RELEASE",
  "PREPARE TRANSACTION",
]);

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

const LIMIT = 10 * 1024 * 1024;

/** What is wrong with the SQL of one file by itself: nothing in it, a text that does not end, or verbs of transactions. */
export function fileProblems(at: string, sql: string): Problem[] {
  if (sql.length > LIMIT) {
    return [
      {
        code: "MIGRATION_TOO_LARGE",
        at,
        says: `has ${sql.length} characters, more than ${LIMIT}`,
        hint: "load data with COPY from outside; a migration changes the schema",
      },
    ];
  }
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

  const { statements, unfinished } = scanSql(sql);
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
  if (statements.length === 0) return [emptyProblem(at)];
  return statements.flatMap((statement) => statementProblem(at, statement) ?? []);
}

function emptyProblem(at: string): Problem {
  return {
    code: "MIGRATION_EMPTY",
    at,
    says: "has no statement",
    hint: at.endsWith(".down.sql")
      ? "write the statements that undo the up file"
      : "write its statements, or delete the pair",
  };
}

function statementProblem(at: string, { words, line }: SqlStatement): Problem | undefined {
  const [first = "", second = ""] = words;
  const head = `${first} ${second}`.trim();
  if (TRANSACTION.has(first) || TRANSACTION.has(head)) {
    return {
      code: "MIGRATION_TRANSACTION_VERB",
      at: `${at}:${line}`,
      says: `has ${TRANSACTION.has(first) ? first : head}; every migration runs in a transaction that Slipway opens and ends`,
      hint: "take the statement out",
    };
  }
  const concurrent = words.includes("CONCURRENTLY") && first !== "REFRESH";
  if (concurrent || ALONE.includes(first) || ALONE.includes(head)) {
    return {
      code: "MIGRATION_NOT_TRANSACTIONAL",
      at: `${at}:${line}`,
      says: `has ${concurrent ? `${head} … CONCURRENTLY` : head}, which Postgres refuses inside a transaction`,
      hint: "leave it out of the migrations for now; Slipway runs each of them in a transaction",
    };
  }
  return undefined;
}

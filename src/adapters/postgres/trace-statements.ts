import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import type { MigrationText } from "../../core/migration/types.ts";
import type { StatementTrace } from "../../core/rehearsal/types.ts";
import { checkRows } from "./expected-rows.ts";
import { checkKept, countKept } from "./kept-rows.ts";
import { statementProblem } from "./statement-problem.ts";
import { parseSql, type ParsedStatement } from "./parse-sql.ts";

/** From the weakest to the strongest, as the manual lists them. */
const MODES = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
];

interface Relation {
  readonly oid: number;
  readonly name: string;
  readonly filenode: number | null;
}

/** Runs a migration's text, one statement after the other, and tells of each what it locked and what it wrote anew. */
export async function traceStatements(
  client: Client,
  text: MigrationText,
): Promise<readonly StatementTrace[]> {
  const parsed = await parseSql(text.sql);
  const { inTransaction } = text.header;
  const traces: StatementTrace[] = [];
  // What the parser does not know, the server may; then it is one statement to us.
  const statements: readonly ParsedStatement[] =
    parsed.kind === "parsed" ? parsed.statements : [{ text: text.sql, line: 1, kind: "", node: {} }];
  const results = [];
  if (inTransaction) await client.query("begin");
  const kept = await countKept(client, text);
  for (const statement of statements) {
    const before = inTransaction ? await relations(client) : [];
    const held = inTransaction ? await locks(client) : new Map<number, string>();
    const began = performance.now();
    const result = await runAt(client, text, statement);
    const milliseconds = Math.round((performance.now() - began) * 100) / 100;
    results.push([result].flat().at(-1) ?? result);
    const now = inTransaction ? await locks(client) : new Map<number, string>();
    const after = new Map(
      inTransaction ? (await relations(client)).map((one) => [one.oid, one.filenode]) : [],
    );
    traces.push({
      line: statement.line,
      head: headOf(statement.text),
      milliseconds,
      rows: /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command) ? (result.rowCount ?? 0) : null,
      locks: before.flatMap(({ oid, name }) => {
        const mode = now.get(oid);
        return mode === undefined || mode === held.get(oid) ? [] : [{ relation: name, mode }];
      }),
      rewrites: before
        .filter(({ oid, filenode }) => after.has(oid) && after.get(oid) !== filenode)
        .map(({ name }) => name),
    });
  }
  checkRows(text, results);
  await checkKept(client, text, kept);
  if (inTransaction) await client.query("commit");
  return traces;
}

async function runAt(client: Client, text: MigrationText, { text: sql, line }: ParsedStatement) {
  // With its line number, so that the server's positions are those of the file.
  const placed = "\n".repeat(line - 1) + sql;
  try {
    return await client.query(placed);
  } catch (error) {
    throw new SlipwayError(statementProblem(error, { ...text, sql: placed }), "checksFailed", {
      cause: error,
    });
  }
}

async function relations(client: Client): Promise<readonly Relation[]> {
  const { rows } = await client.query<Relation>(
    `select c.oid::int8::int as oid, c.oid::regclass::text as name, pg_relation_filenode(c.oid)::int as filenode
     from pg_class c where c.relkind in ('r', 'p', 'm', 'i') and c.oid >= 16384
       and c.relnamespace <> 'pg_toast'::regnamespace order by 2`,
  );
  return rows;
}

async function locks(client: Client): Promise<ReadonlyMap<number, string>> {
  const { rows } = await client.query<{ oid: number; mode: string }>(
    `select relation::int8::int as oid, mode from pg_locks
     where locktype = 'relation' and granted and pid = pg_backend_pid() and relation >= 16384`,
  );
  const strongest = new Map<number, string>();
  for (const { oid, mode } of rows) {
    const known = strongest.get(oid);
    if (known === undefined || MODES.indexOf(mode) > MODES.indexOf(known)) strongest.set(oid, mode);
  }
  return strongest;
}

function headOf(text: string): string {
  const bare = text.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, " ").trim();
  return bare
    .split(/[\s(]+/)
    .slice(0, 2)
    .join(" ")
    .toUpperCase();
}

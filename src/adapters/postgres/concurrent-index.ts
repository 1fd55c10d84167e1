import type { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { MigrationText } from "../../core/migration/types.ts";
import { parseSql } from "./parse-sql.ts";

/** The index that a statement builds or drops without blocking its table. */
export interface ConcurrentIndex {
  readonly action: "create" | "drop";
  readonly schema: string | undefined;
  /** Of the index that is built; in whose schema it will be. */
  readonly table: string | undefined;
  readonly name: string;
}

/** Which index a text builds or drops concurrently, if that is what it does. An index without a name is refused. */
export async function concurrentIndexOf(text: MigrationText): Promise<ConcurrentIndex | undefined> {
  const parsed = await parseSql(text.sql);
  const [statement] = parsed.kind === "parsed" ? parsed.statements : [];
  if (statement?.node["concurrent"] !== true) return undefined;
  if (statement.kind === "IndexStmt") {
    const { schemaname, relname } = statement.node["relation"] as { schemaname?: string; relname: string };
    const name = statement.node["idxname"];
    if (typeof name !== "string") throw new SlipwayError(unnamed(text.file, statement.line), "verifyFailed");
    return { action: "create", schema: schemaname, table: relname, name };
  }
  if (statement.kind !== "DropStmt") return undefined;
  const [first] = statement.node["objects"] as readonly [
    { readonly List: { readonly items: readonly { readonly String: { readonly sval: string } }[] } },
  ];
  const names = first.List.items.map(({ String: { sval } }) => sval);
  return { action: "drop", schema: names.at(-2), table: undefined, name: names.at(-1) ?? "" };
}

export interface IndexState {
  /** Quoted and qualified. */
  readonly name: string;
  readonly valid: boolean;
  /** Process that builds it right now. */
  readonly builder: number | null;
}

/** The index of that name as it is; `undefined`: there is none, or it is another table's. */
export async function findIndex(client: Client, index: ConcurrentIndex): Promise<IndexState | undefined> {
  const place = [index.schema, index.table ?? index.name].filter((part) => part !== undefined);
  const { rows } = await client.query<IndexState>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, i.indisvalid as valid,
            (select p.pid from pg_stat_progress_create_index p
             where p.index_relid = c.oid and p.pid <> pg_backend_pid() limit 1) as builder
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace,
          lateral (select to_regclass(
            (select string_agg(quote_ident(part), '.') from unnest($2::text[]) part)) as place) named
     where c.relname = $1
       and (i.indrelid = named.place or $3 and c.relnamespace = (
         select r.relnamespace from pg_class r where r.oid = named.place))`,
    [index.name, place, index.table === undefined],
  );
  return rows[0];
}

/**
 * Drops what a failed build left behind: an index that is not valid, takes its share of every write, and that
 * `if not exists` would count as there. Answers its name.
 */
export async function dropInvalidIndex(
  client: Client,
  index: ConcurrentIndex,
  at: string,
): Promise<string | undefined> {
  if (index.action !== "create") return undefined;
  const found = await findIndex(client, index);
  if (found === undefined || found.valid) return undefined;
  if (found.builder !== null) throw new SlipwayError(beingBuilt(at, found), "verifyFailed");
  await client.query(`drop index concurrently if exists ${found.name}`);
  return found.name;
}

/** The index must be there and valid after the statement, whatever the server answered. */
export async function checkIndex(client: Client, index: ConcurrentIndex, at: string): Promise<void> {
  if (index.action !== "create") return;
  const found = await findIndex(client, index);
  if (found?.valid === true) return;
  throw new SlipwayError(
    {
      code: "MIGRATION_INDEX_INVALID",
      at,
      says: `left the index ${index.name} ${found === undefined ? "missing" : "invalid"}`,
      hint:
        found === undefined
          ? "another table has something of that name, and if not exists took it for this one: name it otherwise"
          : "run the same command again; it drops the index and builds it anew",
    },
    "verifyFailed",
  );
}

function unnamed(file: string, line: number): Problem {
  return {
    code: "MIGRATION_INDEX_UNNAMED",
    at: `${file}:${line}`,
    says: "builds an index without a name, so a failed build could not be found again",
    hint: "name it: create index concurrently entries_by_day on entries (day)",
  };
}

function beingBuilt(at: string, { name, builder }: IndexState): Problem {
  return {
    code: "MIGRATION_INDEX_BEING_BUILT",
    at,
    says: `the index ${name} is being built by the session with pid ${builder}`,
    hint: `wait for it, or end it with: select pg_cancel_backend(${builder})`,
  };
}

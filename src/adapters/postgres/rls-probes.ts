import { escapeIdentifier as ident, escapeLiteral as literal, type Client } from "pg";
import type { RlsConfig } from "../../core/config/database-types.ts";
import { SlipwayError } from "../../core/errors.ts";
import { judgeProbe } from "../../core/rls/judge-probe.ts";
import type { ProbeAnswer, ProbeKind, Prober, ProbeResult, TenantTable } from "../../core/rls/types.ts";
import { codeOf } from "./connect-problem.ts";

/** A tenant table with what its probes need: two tenants, and a row of the second. */
export interface ProbeSubject {
  readonly table: TenantTable;
  readonly tenant: string;
  readonly other: string;
  /** Rows of the first tenant. */
  readonly own: number;
  /** A row of the second, as JSON. */
  readonly row: string;
  /** The columns that a copy of it may name. */
  readonly columns: readonly string[];
}

export interface ProbeMode {
  /** Of the session: then triggers and foreign keys can be kept quiet. */
  readonly isSuper: boolean;
  /** Whether nobody else works there, so that every row may be touched. */
  readonly plant: boolean;
}

/** Two tenants of a table, or why it cannot be probed. The session must see every row. */
export async function findSubject(client: Client, table: TenantTable): Promise<ProbeSubject | string> {
  const column = ident(table.tenantColumn);
  try {
    await client.query("savepoint slipway_subject; set local row_security = off");
    const { rows } = await client.query<{ tenant: string; own: string }>(
      `select ${column}::text as tenant, count(*)::text as own from ${table.name}
       where ${column} is not null group by 1 order by 1 limit 2`,
    );
    const [first, second] = rows;
    if (first === undefined || second === undefined) return "it has no rows of two tenants";
    const row = await client.query<{ row: string; columns: string[] }>(
      `select to_jsonb(t)::text as row, array(
         select quote_ident(attname) from pg_attribute where attrelid = $2::regclass and attnum > 0
         and not attisdropped and attgenerated = '' and attidentity <> 'a' order by attnum
       ) as columns from ${table.name} t where ${column}::text = $1 limit 1`,
      [second.tenant, table.name],
    );
    const [copied] = row.rows;
    if (copied === undefined) return "its rows change while it is looked at";
    const own = Number(first.own);
    return {
      table,
      tenant: first.tenant,
      other: second.tenant,
      own,
      row: copied.row,
      columns: copied.columns,
    };
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    return "row-level security hides its rows from the role that looks";
  } finally {
    await client.query("rollback to savepoint slipway_subject");
  }
}

/** Probes one tenant table as the app's role and as its owner; every probe is undone. */
export async function probeTable(
  client: Client,
  subject: ProbeSubject,
  config: RlsConfig,
  { isSuper, plant }: ProbeMode,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  const statements = statementsFor(subject);
  for (const as of probers(subject.table)) {
    const role = as === "app" ? ident(config.appRole) : subject.table.owner;
    for (const [kind, sql] of statements) {
      if (kind === "switch-off" && as === "owner") continue;
      // They touch every row; and without a superuser, foreign keys speak first.
      if (!(isSuper && plant) && (kind === "update-all" || kind === "delete-all")) continue;
      const tenant = kind === "no-tenant" ? "" : subject.tenant;
      const answer = await ask(client, { role, tenant, sql, isSuper }, config);
      results.push(resultOf(subject.table.name, kind, as, answer, subject.own));
    }
  }
  return results;
}

function probers({ ownerBypasses }: TenantTable): readonly Prober[] {
  return ownerBypasses ? ["app"] : ["app", "owner"];
}

function statementsFor({ table, tenant, other, row, columns }: ProbeSubject): [ProbeKind, string][] {
  const { name } = table;
  const column = ident(table.tenantColumn);
  const [mine, theirs] = [literal(tenant), literal(other)];
  const named = columns.join(", ");
  return [
    ["own", `select from ${name} where ${column}::text = ${mine} limit 1`],
    ["select", `select from ${name} where ${column}::text is distinct from ${mine} limit 1`],
    ["no-tenant", `select from ${name} limit 1`],
    [
      "insert",
      `insert into ${name} (${named}) select ${named} from jsonb_populate_record(null::${name}, ${literal(row)})`,
    ],
    ["update", `update ${name} set ${column} = ${column} where ${column}::text = ${theirs}`],
    ["update-all", `update ${name} set ${column} = ${mine}`],
    ["move", `update ${name} set ${column} = ${theirs} where ${column}::text = ${mine}`],
    ["delete", `delete from ${name} where ${column}::text = ${theirs}`],
    ["delete-all", `delete from ${name}`],
    ["switch-off", `alter table ${name} disable row level security`],
  ];
}

export function resultOf(
  object: string,
  kind: ProbeKind,
  as: Prober,
  answer: ProbeAnswer,
  own: number,
): ProbeResult {
  const verdict = judgeProbe(kind, answer, own);
  const code = verdict === "unclear" && answer.kind === "refused" ? answer.code : undefined;
  return { object, kind, as, verdict, code };
}

/** Asks as a role and a tenant, and undoes whatever that changed. */
export async function ask(
  client: Client,
  probe: { readonly role: string; readonly tenant: string; readonly sql: string; readonly isSuper: boolean },
  config: RlsConfig,
): Promise<ProbeAnswer> {
  const settings = { ...config.settings, [config.tenantSetting]: probe.tenant };
  const set = Object.entries(settings).map(
    ([name, value]) => `select set_config(${literal(name)}, ${literal(value)}, true)`,
  );
  // Triggers and foreign keys would answer in the place of row-level security, and may reach beyond the transaction.
  const quiet = probe.isSuper ? ["set local session_replication_role = replica"] : [];
  const given = [...quiet, ...set, `set local role ${probe.role}`].join("; ");
  await client.query("savepoint slipway_probe");
  try {
    await takeOn(client, given, probe.role);
    const { rowCount } = await client.query(probe.sql);
    return { kind: "rows", count: rowCount ?? 0 };
  } catch (error) {
    const code = codeOf(error);
    // A lost connection has no SQLSTATE and proves nothing; neither does a role that cannot be taken on.
    if (code.length !== 5) throw error;
    return { kind: "refused", code };
  } finally {
    await client.query("rollback to savepoint slipway_probe");
  }
}

async function takeOn(client: Client, statements: string, role: string): Promise<void> {
  try {
    await client.query(`set local row_security = on; ${statements}`);
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    throw new SlipwayError(
      {
        code: "RLS_ROLE_NOT_ALLOWED",
        at: role,
        says: "cannot be taken on by the role that looks, so nothing can be probed as it",
        hint: `grant ${role} to the role of the URL, or leave --env out to probe in a database made for it`,
      },
      "verifyFailed",
      { cause: error },
    );
  }
}

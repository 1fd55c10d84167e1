import { escapeIdentifier as ident, escapeLiteral as literal, type Client } from "pg";
import type { RlsConfig } from "../../core/config/database-types.ts";
import type { ProbeResult, RlsCatalog, RlsFindings } from "../../core/rls/types.ts";
import { readRlsCatalog } from "./rls-catalog.ts";
import { plantMutants } from "./rls-mutants.ts";
import { ask, findSubject, probeTable, resultOf, type ProbeMode, type ProbeSubject } from "./rls-probes.ts";

/** Looks, probes and, when asked, plants mistakes, all in one transaction that is rolled back. */
export async function probeRowSecurity(
  client: Client,
  config: RlsConfig,
  { plant, signal }: { readonly plant: boolean; readonly signal: AbortSignal },
): Promise<RlsFindings> {
  await client.query("begin");
  try {
    const catalog = await readRlsCatalog(client, config);
    const mode = { isSuper: await isSuperuser(client), plant };
    const subjects: ProbeSubject[] = [];
    const unprobed: { table: string; because: string }[] = [];
    const probes: ProbeResult[] = [];
    for (const table of catalog.tables) {
      signal.throwIfAborted();
      const subject = await findSubject(client, table);
      if (typeof subject === "string") unprobed.push({ table: table.name, because: subject });
      else {
        subjects.push(subject);
        probes.push(...(await probeTable(client, subject, config, mode)));
      }
    }
    const mutants = plant ? await plantMutants(client, subjects, probes, config, mode, signal) : undefined;
    probes.push(...(await probeAround(client, catalog, subjects, config, mode)));
    return { catalog, probes, unprobed, mutants };
  } finally {
    await client.query("rollback");
  }
}

/** Views and functions that could lead around the tables' policies. Only rows that name their tenant can tell. */
async function probeAround(
  client: Client,
  { views, definers }: RlsCatalog,
  subjects: readonly ProbeSubject[],
  config: RlsConfig,
  { isSuper }: ProbeMode,
): Promise<ProbeResult[]> {
  const [{ tenant } = { tenant: undefined }] = subjects.filter(
    ({ table }) => table.tenantColumn === config.tenantColumn,
  );
  if (tenant === undefined) return [];
  const named = (from: string) =>
    `select from ${from} slipway_row where to_jsonb(slipway_row) ? ${literal(config.tenantColumn)}
     and to_jsonb(slipway_row) ->> ${literal(config.tenantColumn)} is distinct from ${literal(tenant)} limit 1`;
  const role = ident(config.appRole);
  const results: ProbeResult[] = [];
  for (const { name, appReads } of views) {
    if (!appReads) continue;
    const answer = await ask(client, { role, tenant, sql: named(name), isSuper }, config);
    results.push(resultOf(name, "view", "app", answer, 0));
  }
  for (const { name, callable } of definers) {
    if (callable === null) continue;
    const answer = await ask(client, { role, tenant, sql: named(`${callable}()`), isSuper }, config);
    results.push(resultOf(name, "function", "app", answer, 0));
  }
  return results;
}

async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ is: boolean }>(
    "select rolsuper as is from pg_roles where rolname = current_user",
  );
  return rows[0]?.is === true;
}

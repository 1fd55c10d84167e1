import { escapeIdentifier as ident, type Client } from "pg";
import type { RlsConfig } from "../../core/config/database-types.ts";
import { SlipwayError } from "../../core/errors.ts";
import { isNoticed, planMutants } from "../../core/rls/mutants.ts";
import type { Mutant, MutantResult, ProbeResult } from "../../core/rls/types.ts";
import { probeTable, type ProbeMode, type ProbeSubject } from "./rls-probes.ts";

/** Plants each mistake, probes again, and takes it out. A table that cannot be probed notices nothing. */
export async function plantMutants(
  client: Client,
  subjects: readonly ProbeSubject[],
  before: readonly ProbeResult[],
  config: RlsConfig,
  mode: ProbeMode,
  signal: AbortSignal,
): Promise<MutantResult[]> {
  if (!mode.isSuper) throw needsSuperuser();
  const results: MutantResult[] = [];
  for (const mutant of planMutants(subjects.map(({ table }) => table))) {
    signal.throwIfAborted();
    await client.query("savepoint slipway_mutant");
    await client.query(statementOf(mutant, config));
    let noticed = false;
    for (const subject of subjects) {
      if (noticed || (mutant.table !== "" && mutant.table !== subject.table.name)) continue;
      noticed = isNoticed(before, await probeTable(client, subject, config, mode));
    }
    await client.query("rollback to savepoint slipway_mutant");
    results.push({ ...mutant, noticed });
  }
  return results;
}

function statementOf({ kind, table, policy = "" }: Mutant, { appRole }: RlsConfig): string {
  switch (kind) {
    case "rls-off":
      return `alter table ${table} disable row level security`;
    case "no-force":
      return `alter table ${table} no force row level security`;
    case "app-owns":
      return `alter table ${table} owner to ${ident(appRole)}`;
    case "permissive-policy":
      return `create policy slipway_mutant on ${table} using (true)`;
    case "policy-dropped":
      return `drop policy ${ident(policy)} on ${table}`;
    case "using-true":
      return `alter policy ${ident(policy)} on ${table} using (true)`;
    case "check-true":
      return `alter policy ${ident(policy)} on ${table} with check (true)`;
    case "bypassrls":
      return `alter role ${ident(appRole)} bypassrls`;
    default:
      return kind satisfies never;
  }
}

function needsSuperuser(): SlipwayError {
  return new SlipwayError(
    {
      code: "RLS_NEEDS_SUPERUSER",
      at: "--server-env",
      says: "only a superuser can plant every mistake",
      hint: "give a server of which the URL's role is a superuser, or leave the flag out and one is started",
    },
    "usage",
  );
}

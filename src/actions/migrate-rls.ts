import type { RlsConfig } from "../core/config/database-types.ts";
import { rlsReport, type RlsReport } from "../core/rls/rls-report.ts";
import type { ProbeRowSecurity } from "../ports/row-security.ts";

/** Says whether row-level security keeps tenants apart. */
export async function migrateRls(
  subject: { readonly app: string; readonly environment: string | null },
  config: RlsConfig,
  options: { readonly plant: boolean; readonly signal: AbortSignal },
  probe: ProbeRowSecurity,
): Promise<RlsReport> {
  return rlsReport(subject, config, await probe(config, options));
}

import type { RlsConfig } from "../core/config/database-types.ts";
import { rlsReport, type RlsReport } from "../core/rls/rls-report.ts";
import type { ProbeRowSecurity } from "../ports/row-security.ts";
import { stopIfAborted } from "./step-faults.ts";

/** Says whether row-level security keeps tenants apart. Throws `INTERRUPTED` (exit 40) when it was told to stop. */
export async function migrateRls(
  subject: { readonly app: string; readonly environment: string | null },
  config: RlsConfig,
  options: { readonly plant: boolean; readonly signal: AbortSignal },
  probe: ProbeRowSecurity,
): Promise<RlsReport> {
  const findings = await probe(config, options).catch((error: unknown) => {
    stopIfAborted(options.signal);
    throw error;
  });
  return rlsReport(subject, config, findings);
}

import type { RlsConfig } from "../core/config/database-types.ts";
import type { RlsFindings } from "../core/rls/types.ts";

/** Looks at row-level security and probes it; whatever a probe changes is rolled back. */
export type ProbeRowSecurity = (
  config: RlsConfig,
  options: {
    /** Also plant mistakes, one after the other: takes exclusive locks, so only where nobody works. */
    readonly plant: boolean;
    readonly signal: AbortSignal;
  },
) => Promise<RlsFindings>;

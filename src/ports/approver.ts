import type { ProvenIdentity } from "../core/acts/types.ts";

/** Finds out who a person is who approves, holds or unlocks. */
export interface Approver {
  /**
   * Proves it anew. `challenge` is what they sign for (an approval's canonical subject); providers that sign nothing
   * leave it. Throws `IDENTITY_…` (exit 11) when it cannot be proven.
   */
  prove(challenge: string): Promise<ProvenIdentity>;
}

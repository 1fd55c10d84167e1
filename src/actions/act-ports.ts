import type { EnvironmentConfig } from "../core/config/types.ts";
import type { Approver } from "../ports/approver.ts";
import type { Gatekeeping } from "../ports/gatekeeping.ts";
import type { Journal } from "../ports/journal.ts";
import type { LeaseStore } from "../ports/lease-store.ts";

/** What the acts of people need. */
export interface ActPorts {
  readonly journal: Journal;
  readonly gatekeeping: Gatekeeping;
  readonly leases: Pick<LeaseStore, "current">;
  /** Who proves who somebody is in an environment. */
  readonly approverOf: (environment: EnvironmentConfig) => Approver;
  /** `<letter>-<uuid>`, a new one each time. */
  readonly newId: (letter: string) => string;
  /** RFC 8785. */
  readonly canonicalize: (value: unknown) => string;
}

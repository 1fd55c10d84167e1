import { contractsUnknownTo } from "../deployment/contract-crossing.ts";
import type { Observed } from "../deployment/plan.ts";
import type { ComponentPlan } from "../deployment/service-spec.ts";
import type { Release, ReleaseMigration } from "../release/types.ts";
import type { Plan } from "./types.ts";

/** All that a plan is made of. */
export interface PlanFacts {
  readonly release: Release;
  readonly releaseSha256: string;
  readonly environment: string;
  readonly configSha256: string;
  readonly plans: readonly ComponentPlan[];
  readonly observed: Observed;
  readonly migrations: { readonly applied: number; readonly pending: readonly ReleaseMigration[] };
  /** Most seconds that the way back may take; null when there is none. */
  readonly worstRollbackSeconds: number | null;
}

/** @param fingerprintOf hex SHA-256 of a value's canonical JSON (RFC 8785) */
export function buildPlan(facts: PlanFacts, fingerprintOf: (value: unknown) => string): Plan {
  const { release, observed } = facts;
  const wayBack = wayBackOf(facts);
  const content = {
    schema: 1,
    app: release.app,
    environment: facts.environment,
    release: {
      id: release.id,
      version: release.version,
      commit: release.commit,
      ...(release.author === undefined ? {} : { author: release.author }),
      sha256: facts.releaseSha256,
    },
    configSha256: facts.configSha256,
    migrations: facts.migrations,
    components: Object.fromEntries(
      facts.plans.map(({ component, desired }) => [
        component,
        {
          revision: observed.services[component]?.revision ?? null,
          image: release.components[component]?.image ?? "",
          desired,
        },
      ]),
    ),
    wayBack,
    worstRollbackSeconds: wayBack === null ? null : facts.worstRollbackSeconds,
  } as const;
  return { ...content, fingerprint: fingerprintOf(content) };
}

// A contract migration that is applied closes the way back to a release that does not know it.
function wayBackOf({ observed: { lastKnownGood }, migrations }: PlanFacts): string | null {
  if (lastKnownGood === undefined) return null;
  const crossed = contractsUnknownTo(lastKnownGood.release, migrations.pending);
  return crossed.length === 0 ? lastKnownGood.release.id : null;
}

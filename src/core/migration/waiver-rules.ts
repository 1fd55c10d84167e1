import type { ProofTools } from "../acts/check-proof.ts";
import type { Config, EnvironmentConfig, PersonConfig } from "../config/types.ts";

/** `unasked`: any waiver counts, also one that has ended, as on the way down. */
export type WaiverDemand = WaiverRules | "unasked";

/** What decides whether a waiver counts. */
export interface WaiverRules {
  /** Whether one that nobody signed counts. */
  readonly demand: "signed" | "noted";
  /** Who asks, for sentences: an environment's name. */
  readonly where: string;
  readonly app: string;
  readonly people: Readonly<Record<string, PersonConfig>>;
  /** Roles one of which its owner must hold, and who holds one; undefined: anybody of `people` will do. */
  readonly holders: { readonly roles: readonly string[]; readonly people: readonly string[] } | undefined;
  readonly tools: ProofTools;
}

/**
 * The rules of an environment. Without one, what the strictest environment of the app asks for, so that a laptop or a CI
 * run says what production would say.
 */
export function waiverRules(
  config: Config,
  environment: EnvironmentConfig | undefined,
  tools: ProofTools,
): WaiverRules {
  const { app, people } = config;
  const strict = Object.values(config.environments).filter(demandsSignature);
  const asking = environment === undefined ? strict : [environment];
  const roles = [...new Set(asking.flatMap((one) => Object.keys(one.policy.approvals?.roles ?? {})))].sort();
  return {
    demand: asking.some(demandsSignature) ? "signed" : "noted",
    where: environment?.name ?? strict.map(({ name }) => name).join(" and "),
    app,
    people,
    holders:
      roles.length === 0
        ? undefined
        : { roles, people: [...new Set(roles.flatMap((role) => config.roles[role] ?? []))] },
    tools,
  };
}

function demandsSignature({ policy }: EnvironmentConfig): boolean {
  return policy.migrations.waivers === "signed";
}

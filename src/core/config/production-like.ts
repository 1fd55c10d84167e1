import type { EnvironmentPolicy } from "./policy-types.ts";

const PRODUCTION = "production";

type Named = { readonly name: string; readonly policy: Pick<EnvironmentPolicy, "migrations"> };

/**
 * Whether an environment holds what real people wrote: it is called `production`, or it demands of its migrations all
 * that `production` does when nothing is written.
 */
export function isProductionLike({ name, policy }: Named): boolean {
  const { rehearsed, drift } = policy.migrations;
  return name === PRODUCTION || (rehearsed && drift === "refuse");
}

/** Why made-up rows may not go into an environment that is like production. */
export function saysNoMadeUpRows({ name }: Named): string {
  const why = name === PRODUCTION ? "" : ", which demands of its migrations what production demands";
  return `would bring made-up rows into ${name}${why}`;
}

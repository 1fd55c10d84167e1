import type { Problem } from "../errors.ts";
import type { Config } from "./types.ts";

/** What is wrong with the order of environments and with the times of their windows. */
export function policyFaults(config: Config): Omit<Problem, "code">[] {
  return [...blackoutFaults(config), ...promotionFaults(config)];
}

function blackoutFaults(config: Config) {
  return Object.entries(config.environments).flatMap(([env, { policy }]) =>
    (policy.windows?.blackouts ?? [])
      .map((blackout, index) => ({ ...blackout, index }))
      // Both are written alike, so that their order as texts is their order in time.
      .filter(({ from, to }) => to <= from)
      .map(({ from, to, index }) => ({
        at: `environments/${env}/windows/blackouts/${index}/to`,
        says: `ends at ${to}, which is not after it begins at ${from}`,
        hint: "write the end of the blackout",
      })),
  );
}

function promotionFaults(config: Config) {
  const known = Object.keys(config.environments);
  return known.flatMap((env) => {
    const from = earlier(config, env);
    if (from === undefined) return [];

    const at = `environments/${env}/promotion/from`;
    if (!known.includes(from)) {
      const hint = `known: ${known.filter((name) => name !== env).join(", ") || "no other"}`;
      return [{ at, says: `there is no environment "${from}"`, hint }];
    }
    const chain = chainOf(config, env);
    if (chain.at(-1) !== env) return [];
    const says = from === env ? "comes before itself" : `comes before itself: ${chain.join(" after ")}`;
    return [{ at, says, hint: "let the first environment be promoted from nowhere: promotion: false" }];
  });
}

/** An environment, the one before it, and so on until there is none or one comes again. */
function chainOf(config: Config, env: string): string[] {
  const chain = [env];
  for (let next = earlier(config, env); next !== undefined; next = earlier(config, next)) {
    const again = chain.includes(next);
    chain.push(next);
    if (again) break;
  }
  return chain;
}

function earlier({ environments }: Config, env: string): string | undefined {
  return Object.hasOwn(environments, env) ? environments[env]?.policy.promotion?.from : undefined;
}

import type { StepName } from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";
import { shiftAll, waitForAll, type Rollout } from "./roll-out.ts";
import type { RunContext } from "./run-context.ts";
import { smoke, urlsOf } from "./smoke.ts";
import type { StepIntent } from "./steps.ts";

/** A release with the revisions that run it. */
export interface Target {
  readonly release: Release;
  readonly revisions: Readonly<Record<string, string>>;
}

const FORWARD = { shift: "shift", wait: "wait", smoke: "smoke" } as const satisfies Record<string, StepName>;
const BACK = {
  shift: "rollback-shift",
  wait: "rollback-wait",
  smoke: "rollback-smoke",
} as const satisfies Record<string, StepName>;

/**
 * Brings the environment's traffic to a target and proves it there: shift, wait for our own rollouts, smoke. The same
 * machine goes forward and back. Answers the URLs; throws what `Steps.take` throws.
 *
 * @param options.moving called before the first service is changed
 * @param options.intent what the intent of the shift holds besides
 */
export async function moveTo(
  target: Target,
  direction: "forward" | "back",
  context: RunContext,
  signal: AbortSignal,
  options: { readonly moving?: () => void; readonly intent?: StepIntent } = {},
): Promise<Readonly<Record<string, string>>> {
  const { environment, plans, ports, steps } = context;
  const { release, revisions } = target;
  const names = direction === "forward" ? FORWARD : BACK;

  let rollouts: readonly Rollout[] = [];
  const shifting = `${Object.keys(revisions).join(", ")} to ${release.version}`;
  await steps.take(
    names.shift,
    shifting,
    signal,
    async () => {
      options.moving?.();
      rollouts = await shiftAll(plans, revisions, ports, steps.guard);
      return {
        says: shifting,
        data: { rollouts: rollouts.map(({ plan, rollout }) => [plan.component, rollout ?? null]) },
      };
    },
    { ...options.intent, data: { revisions, ...options.intent?.data } },
  );

  await steps.take(names.wait, "for our own rollout", signal, async () => {
    const health = await waitForAll(names.wait, rollouts, environment, ports, signal);
    return { says: "every task of it runs and is healthy", data: { health } };
  });

  let urls: Readonly<Record<string, string>> = {};
  await steps.take(names.smoke, `${environment.smoke.length} checks`, signal, async () => {
    urls = await urlsOf(plans, environment, ports);
    const results = await smoke(names.smoke, { environment, release, urls }, ports, signal);
    return {
      says: `${results.length} checks passed`,
      data: { passed: results.length, urls, smoke: results },
    };
  });
  return urls;
}

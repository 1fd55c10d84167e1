import { watchLook, type WatchLook } from "../core/deployment/watch.ts";
import type { StoppedTask } from "../core/deployment/service.ts";
import type { Problem } from "../core/errors.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { Target } from "./move-to.ts";
import type { RunContext } from "./run-context.ts";
import { smoke } from "./smoke.ts";
import { StepFailed, stopIfAborted } from "./step-faults.ts";

const LOOK_MS = { local: 500, aws: 5000 } as const;

/**
 * Looks at the new release again and again for as long as the environment's policy says, and smokes it once more at the
 * end. Throws `StepFailed` with what went wrong; one odd look alone is not believed.
 */
export async function watch(
  { release, revisions }: Target,
  urls: Readonly<Record<string, string>>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { environment, plans, ports, steps } = context;
  const { watchSeconds } = environment.policy;
  if (watchSeconds === 0) return;

  await steps.take("watch", `for ${watchSeconds} s`, signal, async () => {
    const watched = await Promise.all(
      plans.map(async (plan) => ({
        plan,
        wanted: { revision: revisions[plan.component] ?? "", desired: plan.desired },
        before: new Set((await ports.containers.stoppedTasks(plan.service)).map(({ task }) => task)),
        doubts: 0,
      })),
    );
    const until = ports.clock.now() + watchSeconds * 1000;
    let looks = 0;
    for (;;) {
      looks += 1;
      for (const one of watched) {
        const look = await lookAt(one.plan, one.wanted, one.before, context);
        one.doubts = look === undefined ? 0 : one.doubts + 1;
        if (look?.kind === "failed" || one.doubts > 1) throw failed(one.plan, look, looks);
      }
      const left = until - ports.clock.now();
      // A last doubt is looked into before it is forgotten.
      if (left <= 0 && watched.every(({ doubts }) => doubts === 0)) break;
      await ports.clock.sleep(
        left > 0 ? Math.min(LOOK_MS[environment.cloud], left) : LOOK_MS[environment.cloud],
        signal,
      );
      stopIfAborted(signal);
    }

    const results = await smoke("watch", { environment, release, urls }, ports, signal);
    return { says: `nothing went wrong in ${watchSeconds} s`, data: { looks, smoke: results } };
  });
}

async function lookAt(
  { service }: ComponentPlan,
  wanted: { readonly revision: string; readonly desired: number },
  before: ReadonlySet<string>,
  { ports }: RunContext,
): Promise<WatchLook> {
  const [observed, stopped] = await Promise.all([
    ports.containers.observe(service),
    ports.containers.stoppedTasks(service),
  ]);
  const ours = stopped.filter(
    ({ task, revision }: StoppedTask) => revision === wanted.revision && !before.has(task),
  );
  return watchLook(observed, wanted, ours);
}

function failed({ service }: ComponentPlan, look: WatchLook, looks: number): StepFailed {
  const problem: Problem = {
    code: "WATCH_FAILED",
    at: service.service,
    says: look?.says ?? "it did not run as it should",
    hint: "",
  };
  return new StepFailed("watch", [problem], { looks });
}

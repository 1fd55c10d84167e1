import { nextMove } from "../core/deployment/next-move.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { StoppedTask } from "../core/deployment/service.ts";
import type { StepName } from "../core/deployment/types.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { StepFailed, stopIfAborted } from "./steps.ts";

const POLL_MS = { local: 400, aws: 3000 } as const;
const TASKS_SHOWN = 3;

/** One component on its way to a revision. `rollout` is the platform's id of it; undefined when it is there already. */
export interface Rollout {
  readonly plan: ComponentPlan;
  readonly revision: string;
  readonly rollout: string | undefined;
}

/**
 * Points each service at its revision. One that is there already is left alone, and one on its way there is joined, so
 * that doing it twice does it once.
 */
export async function shiftAll(
  plans: readonly ComponentPlan[],
  revisions: Readonly<Record<string, string>>,
  ports: Pick<DeploymentPorts, "containers">,
): Promise<readonly Rollout[]> {
  const rollouts: Rollout[] = [];
  for (const plan of plans) {
    const revision = revisions[plan.component];
    if (revision === undefined) continue;
    const now = await ports.containers.observe(plan.service);
    const atRest =
      now?.underWay === undefined && now?.desired === plan.desired && now.running >= plan.desired;
    if (now?.revision === revision && (atRest || now.underWay !== undefined)) {
      rollouts.push({ plan, revision, rollout: now.underWay });
    } else {
      rollouts.push({
        plan,
        revision,
        rollout: await ports.containers.shift(plan.service, revision, plan.desired),
      });
    }
  }
  return rollouts;
}

/** Waits until every rollout has arrived. Throws `StepFailed` with the reasons of tasks that stopped meanwhile. */
export async function waitForAll(
  step: StepName,
  rollouts: readonly Rollout[],
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "containers" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<void> {
  const ends = await Promise.allSettled(
    rollouts.map((rollout) => waitForOne(step, rollout, environment, ports, signal)),
  );
  const faults = ends.filter((end) => end.status === "rejected").map(({ reason }): unknown => reason);
  const failures = faults.filter((fault) => fault instanceof StepFailed);
  if (failures.length > 0) {
    throw new StepFailed(
      step,
      failures.flatMap(({ problems }) => problems),
    );
  }
  if (faults.length > 0) throw faults[0];
}

async function waitForOne(
  step: StepName,
  { plan, revision, rollout }: Rollout,
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "containers" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<void> {
  if (rollout === undefined) return;
  const began = ports.clock.now();
  const limitMs = environment.deployTimeoutSeconds * 1000;
  // The platform forgets a stopped task soon, and a rollback hides it: what was once seen is kept.
  const stopped = new Map<string, StoppedTask>();
  let said = "";

  for (;;) {
    const progress = await ports.containers.progress(plan.service, rollout);
    for (const task of await ports.containers.stoppedTasks(plan.service)) {
      if (task.revision === revision) stopped.set(task.task, task);
    }

    const move = nextMove(
      progress,
      { revision, desired: plan.desired },
      { waitedMs: ports.clock.now() - began, limitMs },
    );
    if (move.kind === "arrived") return;
    if (move.kind === "failed") {
      throw new StepFailed(step, [
        { code: move.code, at: plan.service.service, says: move.says, hint: "" },
        ...[...stopped.values()].slice(0, TASKS_SHOWN).map((task) => stoppedProblem(plan, task)),
      ]);
    }
    if (move.says !== said) ports.reporter.note(`${plan.component}: ${move.says}`);
    said = move.says;
    await ports.clock.sleep(POLL_MS[environment.cloud], signal);
    stopIfAborted(signal);
  }
}

function stoppedProblem(plan: ComponentPlan, { task, reason, exitCode }: StoppedTask): Problem {
  const exit = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  return {
    code: "TASK_STOPPED",
    at: `${plan.service.service}/${task}`,
    says: `${reason || "stopped"}${exit}`,
    hint: "",
  };
}

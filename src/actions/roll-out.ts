import { nextMove } from "../core/deployment/next-move.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { StoppedTask } from "../core/deployment/service.ts";
import type { StepName } from "../core/deployment/types.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { StepFailed, stopIfAborted } from "./step-faults.ts";

const POLL_MS = { local: 400, aws: 3000 } as const;
const REASONS_SHOWN = 3;

/** One component on its way to a revision. `rollout` is the platform's id of it; undefined when it is there already. */
export interface Rollout {
  readonly plan: ComponentPlan;
  readonly revision: string;
  readonly rollout: string | undefined;
  /** Tasks that had stopped before this rollout began; an earlier attempt at the same revision leaves some. */
  readonly stoppedBefore: ReadonlySet<string>;
}

/**
 * Points each service at its revision. One that is there already is left alone, and one on its way there is joined, so
 * that doing it twice does it once.
 *
 * @param guard awaited before each change; throws when the lease is gone
 */
export async function shiftAll(
  plans: readonly ComponentPlan[],
  revisions: Readonly<Record<string, string>>,
  ports: Pick<DeploymentPorts, "containers">,
  guard: () => Promise<void>,
): Promise<readonly Rollout[]> {
  const rollouts: Rollout[] = [];
  for (const plan of plans) {
    const revision = revisions[plan.component];
    if (revision === undefined) continue;
    const now = await ports.containers.observe(plan.service);
    const atRest =
      now?.underWay === undefined && now?.desired === plan.desired && now.running >= plan.desired;
    if (now?.revision === revision && (atRest || now.underWay !== undefined)) {
      rollouts.push({ plan, revision, rollout: now.underWay, stoppedBefore: new Set() });
    } else {
      const stopped = now === undefined ? [] : await ports.containers.stoppedTasks(plan.service);
      const stoppedBefore = new Set(stopped.map(({ task }) => task));
      await guard();
      const rollout = await ports.containers.shift(plan.service, revision, plan.desired);
      rollouts.push({ plan, revision, rollout, stoppedBefore });
    }
  }
  return rollouts;
}

/** How a component arrived at its revision. */
export interface Arrival {
  readonly component: string;
  readonly revision: string;
  readonly desired: number;
  /** Tasks that run and are healthy. */
  readonly running: number;
  /** Tasks that failed on the way. */
  readonly failed: number;
  readonly milliseconds: number;
}

/** Waits until every rollout has arrived. Throws `StepFailed` with the reasons of tasks that stopped meanwhile. */
export async function waitForAll(
  step: StepName,
  rollouts: readonly Rollout[],
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "containers" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<readonly Arrival[]> {
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
  return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}

async function waitForOne(
  step: StepName,
  { plan, revision, rollout, stoppedBefore }: Rollout,
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "containers" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<Arrival> {
  const { component, desired } = plan;
  if (rollout === undefined) {
    return { component, revision, desired, running: desired, failed: 0, milliseconds: 0 };
  }
  const began = ports.clock.now();
  const limitMs = environment.deployTimeoutSeconds * 1000;
  // The platform forgets a stopped task soon, and a rollback hides it: what was once seen is kept.
  const stopped = new Map<string, StoppedTask>();
  let said = "";

  for (;;) {
    const progress = await ports.containers.progress(plan.service, rollout);
    for (const task of await ports.containers.stoppedTasks(plan.service)) {
      if (task.revision === revision && !stoppedBefore.has(task.task)) stopped.set(task.task, task);
    }

    const move = nextMove(
      progress,
      { revision, desired: plan.desired },
      { waitedMs: ports.clock.now() - began, limitMs },
    );
    if (move.kind === "arrived") {
      const { running, failed } = progress;
      return { component, revision, desired, running, failed, milliseconds: ports.clock.now() - began };
    }
    if (move.kind === "failed") {
      throw new StepFailed(step, [
        { code: move.code, at: plan.service.service, says: move.says, hint: "" },
        ...stoppedProblems(plan, [...stopped.values()]),
      ]);
    }
    if (move.says !== said) ports.reporter.note(`${plan.component}: ${move.says}`);
    said = move.says;
    await ports.clock.sleep(POLL_MS[environment.cloud], signal);
    stopIfAborted(signal);
  }
}

/** Why the tasks stopped, each reason once: they mostly share it. */
function stoppedProblems(plan: ComponentPlan, tasks: readonly StoppedTask[]): Problem[] {
  const byReason = new Map<string, StoppedTask[]>();
  for (const task of tasks) {
    const exit = task.exitCode === undefined ? "" : `, exit code ${task.exitCode}`;
    const says = `${task.reason || "stopped"}${exit}`;
    byReason.set(says, [...(byReason.get(says) ?? []), task]);
  }
  return [...byReason].slice(0, REASONS_SHOWN).map(([says, [first, ...more]]) => ({
    code: "TASK_STOPPED",
    at: `${plan.service.service}/${first?.task ?? ""}`,
    says: more.length === 0 ? says : `${says} (and ${more.length} more like it)`,
    hint: "",
  }));
}

import type { Target } from "../elbv2/target.ts";
import type { TaskSurroundings } from "./task-surroundings.ts";
import type { ServiceBalancer, StoredTask } from "./types.ts";

export interface HealthNews {
  healthy(): void;
  /** `reason` is a sentence for the task, `detail` one for the service's events. */
  unhealthy(reason: string, detail: string): void;
}

/** A task without a load balancer counts as healthy when it has run for this long, in the cloud's time. */
const SETTLED_MS = 10_000;

export interface Patience {
  /** The service's `healthCheckGracePeriodSeconds`. */
  readonly graceSeconds: number;
  /** How long a process may take to start on this machine before its first good answer, in real milliseconds. */
  readonly startupMs: number;
}

/** Watches a running task's targets and tells its service what they say. Answers how to stop watching. */
export function watchHealth(
  task: StoredTask,
  balancers: readonly ServiceBalancer[],
  patience: Patience,
  { balancing, scheduler }: TaskSurroundings,
  news: HealthNews,
): () => void {
  if (balancers.length === 0) return scheduler.after(SETTLED_MS, () => news.healthy());
  const stops: (() => void)[] = [];
  let wasHealthy = false;

  const targetOf = (one: ServiceBalancer): Target | undefined =>
    balancing.pool(one.targetGroupArn)?.find(task.address ?? "", one.containerPort);
  const look = () => {
    const targets = balancers.map(targetOf);
    if (targets.every((target) => target?.state === "healthy")) {
      if (!wasHealthy) news.healthy();
      wasHealthy = true;
      return;
    }
    const sick = balancers.find((one) => targetOf(one)?.state === "unhealthy");
    if (sick === undefined) return;
    const left = graceLeft(task, patience, wasHealthy, scheduler.now(), (ms) => scheduler.compressed(ms));
    if (left > 0) {
      stops.push(scheduler.afterReal(left, look));
      return;
    }
    const why = targetOf(sick)?.reason?.description ?? "";
    const group = `(target-group ${sick.targetGroupArn})`;
    const detail = `(task ${task.id}) (port ${sick.containerPort}) is unhealthy in ${group} due to (reason ${why}).`;
    news.unhealthy(`Task failed ELB health checks in ${group}`, detail);
  };

  for (const one of balancers) {
    const stop = balancing.pool(one.targetGroupArn)?.watch((target) => {
      if (target.host === task.address) look();
    });
    if (stop !== undefined) stops.push(stop);
  }
  look();
  return () => stops.forEach((stop) => stop());
}

function graceLeft(
  task: StoredTask,
  patience: Patience,
  wasHealthy: boolean,
  now: number,
  compressed: (ms: number) => number,
): number {
  const grace = compressed(patience.graceSeconds * 1000);
  return (task.startedAt ?? now) + Math.max(grace, wasHealthy ? 0 : patience.startupMs) - now;
}

import type { Rollout, RolloutAction, RolloutTask, RolloutWorld } from "./types.ts";

/** Starts tasks of the primary deployment and stops those in its way, within the bounds that the rules set. */
export function scheduleTasks(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  if (primary === undefined) return;
  // A deployment that failed starts nothing more and takes nothing away from what still runs, until all is to end.
  if (primary.state === "FAILED" && rollout.rules.desired > 0) return;
  const { desired, minimumHealthyPercent, maximumPercent } = rollout.rules;
  const most = Math.floor((desired * maximumPercent) / 100);
  const least = Math.ceil((desired * minimumHealthyPercent) / 100);
  const present = rollout.tasks.filter((task) => task.phase !== "leaving");
  const ours = present.filter((task) => task.deployment === primary.id);
  const theirs = present.filter((task) => task.deployment !== primary.id);

  const surplus = bySpendability(ours).slice(0, Math.max(ours.length - desired, 0));
  let spare = present.filter((task) => task.phase === "healthy").length - least;
  for (const task of bySpendability(theirs)) {
    if (task.phase === "healthy") {
      if (spare <= 0) continue;
      spare -= 1;
    }
    surplus.push(task);
  }
  for (const task of surplus) {
    task.phase = "leaving";
    actions.push({
      kind: "stop-task",
      task: task.id,
      reason: `Scaling activity initiated by (deployment ${primary.id})`,
    });
  }

  const room = most - (present.length - surplus.length);
  const missing = Math.min(desired - ours.length, room);
  if (missing <= 0) return;
  rollout.steady = false;
  if (world.now < primary.notBefore) {
    actions.push({ kind: "wake", at: primary.notBefore });
    return;
  }
  const started = Array.from({ length: missing }, () => world.newTask());
  for (const task of started) {
    rollout.tasks.push({ id: task, deployment: primary.id, phase: "starting" });
    actions.push({
      kind: "start-task",
      task,
      deployment: primary.id,
      taskDefinition: primary.taskDefinition,
    });
  }
  const names = started.map((task) => `(task ${task})`).join(" ");
  actions.push({ kind: "say", message: `has started ${started.length} tasks: ${names}.` });
}

/** Those that serve nobody first. */
function bySpendability(tasks: readonly RolloutTask[]): RolloutTask[] {
  const order = { starting: 0, running: 1, healthy: 2, leaving: 3 };
  return tasks.toSorted((a, b) => order[a.phase] - order[b.phase]);
}

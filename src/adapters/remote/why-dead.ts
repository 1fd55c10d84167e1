import type { AnswersFound } from "../../ports/letterbox.ts";
import type { WorkerTasks } from "../../ports/worker-tasks.ts";

/** A worker that lives looks ten times a second; one that is busy is silent for less. */
const SILENCE_MS = 3000;
/** One that runs and is silent for longer hangs. */
const HOPELESS_MS = 45_000;

/** Why a worker will not answer any more; undefined: it may. The platform is asked only about one that is not heard. */
export async function whyDead(
  tasks: WorkerTasks,
  task: string,
  { worker, workerSilentMs }: AnswersFound,
): Promise<string | undefined> {
  if (worker !== undefined && workerSilentMs < SILENCE_MS) return undefined;
  const state = await tasks.state(task);
  if (state.kind === "stopped") return state.because === "" ? "it has ended" : state.because;
  if (worker === undefined || workerSilentMs < HOPELESS_MS) return undefined;
  const because = `nothing was heard of it for ${Math.round(workerSilentMs / 1000)} s`;
  await tasks.stop(task, because).catch(() => undefined);
  return because;
}

import { crossesContract } from "../core/deployment/contract-crossing.ts";
import { chooseRecovery } from "../core/deployment/recovery.ts";
import type { DeploymentOutcome, KnownGood } from "../core/deployment/types.ts";
import type { Problem } from "../core/errors.ts";
import { isSchemaLeft } from "../core/migration/schema-left.ts";
import { moveTo, type Target } from "./move-to.ts";
import type { RunContext } from "./run-context.ts";
import { Interrupted, problemsOf } from "./step-faults.ts";

/** What a run left behind when it did not reach its end. */
export interface Compensated {
  readonly outcome: DeploymentOutcome;
  readonly problems: readonly Problem[];
  /** Id of the release that serves now; null when none does, or it is not known. */
  readonly running: string | null;
  /** Where it serves, as far as this run has looked. */
  readonly urls: Readonly<Record<string, string>>;
}

/**
 * Work that an interrupted run may still do on its way back. Who stops a run kills it soon after: what is not undone by
 * then is left for `resume`, with a record that says so. The platform goes on with the rollback that was asked for.
 */
const INTERRUPTED_MS = 5000;

/** Leads a run that failed or was interrupted to an end: back to the last known good release, or to a stop. */
export async function compensate(
  error: unknown,
  situation: {
    /** Traffic may have moved. */
    readonly moved: boolean;
    /** Something outside may have been changed by this deployment, in this run or in one that was killed. */
    readonly mutated: boolean;
    readonly target: Target | undefined;
    readonly lastKnownGood: KnownGood | undefined;
    /** Contract migrations that were applied and that the last known good release does not know. */
    readonly crossed: readonly string[];
  },
  context: RunContext,
  leave: AbortSignal,
): Promise<Compensated> {
  const { lastKnownGood } = situation;
  const { signal, done } = limited(error instanceof Interrupted, context, leave);
  const because = error instanceof Interrupted ? "interrupted" : "failed";
  const problems = problemsOf(error);
  const before = lastKnownGood?.release.id ?? null;
  const recovery = chooseRecovery({ ...situation, because });

  try {
    switch (recovery.kind) {
      case "nothing-moved":
        return {
          outcome: because === "failed" ? unmoved(problems, situation.mutated, context) : "interrupted",
          problems,
          running: before,
          urls: {},
        };
      case "leave":
        return { outcome: "interrupted", problems, running: null, urls: {} };
      case "stop":
        await stop(situation.target, context, signal);
        return { outcome: "stopped", problems, running: null, urls: {} };
      case "roll-back": {
        const urls = await moveTo(recovery.to, "back", context, signal);
        return {
          outcome: because === "failed" ? broughtBack(problems) : "interrupted",
          problems,
          running: before,
          urls,
        };
      }
      case "blocked":
        return {
          outcome: "rollback-failed",
          problems: [...problems, ...crossesContract(recovery.to.release, recovery.files)],
          running: null,
          urls: {},
        };
      default:
        return recovery satisfies never;
    }
  } catch (fault) {
    // Stopped a second time, on the way back: the ledger has the intent, the next run finds what there is.
    const outcome = fault instanceof Interrupted ? "interrupted" : "rollback-failed";
    return { outcome, problems: [...problems, ...problemsOf(fault)], running: null, urls: {} };
  } finally {
    done();
  }
}

function limited(
  isInterrupted: boolean,
  { ports: { clock } }: RunContext,
  leave: AbortSignal,
): { readonly signal: AbortSignal; readonly done: () => void } {
  if (!isInterrupted) return { signal: leave, done: () => undefined };
  const over = new AbortController();
  const done = new AbortController();
  const timed = async (): Promise<void> => {
    await clock.sleep(INTERRUPTED_MS, done.signal);
    if (done.signal.aborted) return;
    over.abort(new Interrupted("it takes longer to go back; left for `slipway resume`"));
  };
  void timed();
  return { signal: AbortSignal.any([leave, over.signal]), done: () => done.abort() };
}

// The code is back, or never left; with another schema under it that is no rollback.
function broughtBack(problems: readonly Problem[]): DeploymentOutcome {
  return isSchemaLeft(problems) ? "rollback-failed" : "rolled-back";
}

// What stops it before anything is done is a refusal; later the database may have moved, and moved back.
function unmoved(
  problems: readonly Problem[],
  mutated: boolean,
  { steps }: Pick<RunContext, "steps">,
): DeploymentOutcome {
  const last = steps.taken.at(-1);
  if (mutated || last?.outcome !== "failed") return broughtBack(problems);
  if (last.step === "gates") return "gated";
  return last.step === "verify" || last.step === "backup" ? "refused" : "rolled-back";
}

async function stop(target: Target | undefined, context: RunContext, signal: AbortSignal): Promise<void> {
  await context.steps.take("stop", "there is nothing to go back to", signal, async () => {
    for (const { component, service } of context.plans) {
      if (target?.revisions[component] !== undefined) await context.ports.containers.stop(service);
    }
    return { says: "the broken services are scaled to 0" };
  });
}

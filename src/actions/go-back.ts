import type { KnownGood } from "../core/deployment/types.ts";
import { compensate, type Compensated } from "./compensate.ts";
import { moveTo } from "./move-to.ts";
import type { RunContext } from "./run-context.ts";
import { isBug, problemsOf, StepFailed } from "./step-faults.ts";
import type { Tenure } from "./under-lease.ts";
import { lostWayBack } from "./verify-release.ts";

/** How a run is stopped. */
type Stops = Pick<Tenure, "stop" | "leave">;

/**
 * Moves an environment back to a known good release, proves it there and makes it the last known good one; whatever
 * goes wrong is compensated. The deployment is open already, and is closed.
 *
 * @param movedBefore an earlier attempt may have moved traffic
 */
export async function goBack(
  target: KnownGood,
  current: KnownGood,
  movedBefore: boolean,
  context: RunContext,
  stops: Stops,
): Promise<Compensated> {
  const { steps } = context;
  let moved = movedBefore;
  const moving = () => {
    moved = true;
  };
  let end: Compensated;
  try {
    await verifyTarget(target, context, stops);
    const urls = await moveTo(target, "forward", context, stops.stop, { moving });
    await commit(target, context, stops);
    end = { outcome: "deployed", problems: [], running: target.release.id, urls };
  } catch (error) {
    steps.giveUpWithoutLedger(error, moved);
    if (isBug(error) && !moved) {
      await steps.end("failed", { problems: problemsOf(error), running: current.release.id });
      throw error;
    }
    const situation = { moved, mutated: moved, target, lastKnownGood: current, crossed: [] };
    end = failedRollback(await compensate(error, situation, context, stops.leave), moved);
  }
  await steps.end(end.outcome, { problems: end.problems, running: end.running });
  return end;
}

async function verifyTarget(target: KnownGood, context: RunContext, { stop }: Stops): Promise<void> {
  await context.steps.take("verify", `${target.release.id} still exists`, stop, async () => {
    const problems = await lostWayBack(target, context);
    if (problems.length > 0) throw new StepFailed("verify", problems);
    return { says: "everything is there" };
  });
}

async function commit(target: KnownGood, { steps }: RunContext, { stop }: Stops): Promise<void> {
  const { release, revisions } = target;
  await steps.take("commit", "last known good", stop, async () => ({
    says: `${release.id} is the last known good release again`,
    changes: [{ kind: "commit", purpose: "rollback", release, revisions }],
  }));
}

// To have returned to the release that somebody wanted to leave is no success of a rollback.
function failedRollback(end: Compensated, moved: boolean): Compensated {
  return moved && end.outcome === "rolled-back" ? { ...end, outcome: "rollback-failed" } : end;
}

import type { DeploymentOutcome } from "../core/deployment/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import { retainUntil } from "../core/ledger/retention.ts";
import type { Compensated } from "./compensate.ts";
import { keepKnownGood } from "./keep-known-good.ts";
import type { RunContext } from "./run-context.ts";
import { isBug, problemsOf } from "./step-faults.ts";

/** How a run ended, and whether the record of it is kept outside of the ledger. */
export interface Proven extends Compensated {
  readonly anchored: boolean;
}

const SUCCESS: readonly DeploymentOutcome[] = ["deployed", "nothing-to-do"];

/**
 * Anchors the ledger as it is now. A success without it is none: the outcome becomes `failed` (exit 41). A failure
 * stays what it is, and says that it is not anchored.
 */
export async function anchorEnd(end: Compensated, context: RunContext, leave: AbortSignal): Promise<Proven> {
  const problems = await anchorTail(context, leave);
  if (problems.length === 0) return { ...end, anchored: true };
  return {
    ...end,
    outcome: SUCCESS.includes(end.outcome) ? "failed" : end.outcome,
    problems: [...end.problems, ...problems, notAnchored(end, context)],
    anchored: false,
  };
}

/** The records so far, signed and kept at every anchor; the reasons why not, when not. */
export async function anchorTail(
  context: Pick<RunContext, "config" | "environment" | "ports" | "steps">,
  leave: AbortSignal,
): Promise<readonly Problem[]> {
  const { config, ports, steps } = context;
  try {
    await steps.take("anchor", "the ledger's head, signed and kept outside", leave, async () => {
      const now = new Date(await ports.gatekeeping.now()).toISOString();
      const until = retainUntil(now, undefined, config.ledger.retentionYears);
      const { size, places } = await ports.checkpoints.anchor(until);
      await keepKnownGood(context, until);
      return { says: `${size} records, at ${places.length === 0 ? "no anchor" : places.join(", ")}` };
    });
    return [];
  } catch (error) {
    // Records that contradict what was signed: no report of this run can be believed.
    if (error instanceof SlipwayError && error.exit === "ledgerNotIntact") throw error;
    if (isBug(error)) return [{ ...firstOf(error), code: "ANCHOR_FAULT", at: "anchor" }];
    return problemsOf(error);
  }
}

function firstOf(error: unknown): Problem {
  const [first] = problemsOf(error);
  return first ?? { code: "ANCHOR_FAULT", at: "anchor", says: "it failed without a reason", hint: "" };
}

function notAnchored(end: Compensated, { environment }: RunContext): Problem {
  const what = end.running === null ? "what happened is on record" : `${end.running} runs`;
  return {
    code: "NOT_ANCHORED",
    at: `environments/${environment.name}`,
    says: `${what}, but the record of it is not kept outside of the ledger: it is not proven`,
    hint: `slipway resume --env=${environment.name}, once the anchor answers`,
  };
}

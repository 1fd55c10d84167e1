import { EXIT_CODES } from "../errors.ts";
import type { Problem } from "../errors.ts";
import { notYet } from "../expect/not-yet.ts";
import type { GateDecision } from "../gates/types.ts";
import type { Release } from "../release/types.ts";
import type { Plan, PlanReport } from "./types.ts";

/** The answer of `plan`: what would be done, whether it would be let in, and how the command exits. */
export function planReport(found: {
  readonly plan: Plan;
  readonly manifest: Release;
  readonly does: PlanReport["does"];
  readonly gates: readonly GateDecision[];
  readonly problems: readonly Problem[];
  readonly drifted: readonly string[];
  /** False when the database could not be compared with the migrations. */
  readonly complete: boolean;
  /** What the app relies on and the database lacks, before what is pending has run. */
  readonly unmet?: readonly Problem[];
}): PlanReport {
  const { plan, manifest, does, gates, problems } = found;
  const open = gates.every(({ reasons }) => reasons.length === 0);
  const exit =
    does === "nothing-to-do" || (open && problems.length === 0)
      ? EXIT_CODES.done
      : problems.length > 0
        ? EXIT_CODES.verifyFailed
        : EXIT_CODES.gateClosed;
  return {
    plan,
    manifest,
    does,
    gates,
    open,
    problems,
    notes: notesOf(found),
    exitCode: exit.code,
  };
}

function notesOf({ plan, drifted, complete, unmet = [] }: Parameters<typeof planReport>[0]): string[] {
  const contracts = plan.migrations.pending.filter(({ phase }) => phase === "contract");
  return [
    ...(complete ? [] : ["what it would migrate is not known: the database could not be compared"]),
    ...contracts.map(
      ({ file }) =>
        `${file} is a contract migration: once it is applied there is no way back to what runs now; a failure after it is mended forward`,
    ),
    ...unmet.map(notYet),
    ...drifted.map((component) => `${component} does not run what was recorded last`),
  ];
}

import { printable } from "../printable.ts";
import type { GateDecision, GateReason } from "./types.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * The gates as people read them: each closed one with every reason, when it opens and what to do; the open ones in one
 * line.
 *
 * @param zone the zone of the environment's window, undefined when it has none
 */
export function describeGates(decisions: readonly GateDecision[], zone: string | undefined): string {
  const open = decisions.filter(({ reasons }) => reasons.length === 0);
  const closed = decisions.filter(({ reasons }) => reasons.length > 0);
  return [
    ...closed.flatMap(({ gate, reasons, rule }) => [
      `  ${gate}: closed (${printable(rule)})`,
      ...describeReasons(reasons, zone),
    ]),
    ...(open.length === 0
      ? []
      : [`  open: ${open.map(({ gate, rule }) => `${gate} (${printable(rule)})`).join(", ")}`]),
  ].join("\n");
}

/** Reasons as people read them, a line each; what they have in common is told once, below the last that has it. */
export function describeReasons(reasons: readonly GateReason[], zone: string | undefined): string[] {
  return reasons.flatMap((reason, index) => {
    const next = reasons[index + 1];
    const todo = below(reason, zone);
    const saidNext = next !== undefined && below(next, zone) === todo;
    return [`    ${printable(reason.says)}`, ...(saidNext ? [] : [todo])];
  });
}

function below({ opensAt, action }: GateReason, zone: string | undefined): string {
  return `      → ${printable(opensAt === undefined ? action : waitUntil(opensAt, zone))}`;
}

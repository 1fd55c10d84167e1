import type { Problem } from "../errors.ts";
import type { JudgedWaiver } from "./judge-waivers.ts";
import type { Waiver } from "./waiver.ts";

/** Takes out the problems that a waiver lets through. One that does not count becomes a problem of its own. */
export function applyWaivers<P extends Problem>(
  problems: readonly P[],
  judged: readonly JudgedWaiver[],
): { readonly left: readonly (P | Problem)[]; readonly waived: readonly Waiver[] } {
  const waived = new Set<Waiver>();
  const told = new Set<Problem>();
  const left = problems.flatMap((problem): (P | Problem)[] => {
    const found = judged.filter(
      ({ waiver }) => waiver.rule === problem.code && waiver.at === fileOf(problem.at),
    );
    const good = found.find(({ fault }) => fault === undefined);
    if (good !== undefined) {
      waived.add(good.waiver);
      return [];
    }
    const faults = found.flatMap(({ fault }) => (fault === undefined || told.has(fault) ? [] : [fault]));
    for (const fault of faults) told.add(fault);
    return [problem, ...faults];
  });
  return { left, waived: [...waived] };
}

function fileOf(at: string): string {
  return at.replace(/:\d+$/, "");
}

import { compareInvariants } from "./compare-invariants.ts";
import { dataDefects, type DataDefect } from "./data-defects.ts";
import { isUnchecked } from "./is-unchecked.ts";
import type { DataCheck, DataMeasure, NamedConstraint } from "./types.ts";

/** Whether a migration that ran, or one that is still to come, declared that a constraint is not validated yet. */
export type IsDeclared = (constraint: NamedConstraint) => boolean;

/** What a run did to the data: a defect is blamed on it when it is new, or when there is more of it. */
export function compareData(before: DataMeasure, after: DataMeasure, isDeclared: IsDeclared): DataCheck {
  const old = new Map(dataDefects(before.facts).map((one) => [one.key, one]));
  const now = dataDefects(after.facts);
  const isKnown = ({ key, size }: DataDefect) => (old.get(key)?.size ?? -1) >= size;
  const fresh = now.filter((one) => !isKnown(one));
  // Nobody can say since when it is so.
  const isUnclear = ({ subject }: DataDefect) => isUnchecked(before.facts, subject);

  // What older rows break is normal until the constraint is validated, unless it was there before.
  const halves = new Set(after.facts.unvalidated.filter(isDeclared).map(nameOf));
  for (const one of before.facts.unvalidated) halves.delete(nameOf(one));
  const isHalf = ({ constraint }: DataDefect) => constraint !== undefined && halves.has(nameOf(constraint));
  const invariants = compareInvariants(before.facts, after.facts);
  const blamed = fresh.filter((one) => !isHalf(one) && !isUnclear(one));
  return {
    problems: [...blamed.map(({ problem }) => problem), ...invariants.problems],
    known: now.filter(isKnown).map(({ problem }) => problem),
    notes: fresh.filter(isHalf).map(({ problem }) => problem),
    unchecked: [
      ...after.facts.unchecked,
      ...fresh.filter((one) => !isHalf(one) && isUnclear(one)).map(unclear),
      ...invariants.unchecked,
    ],
  };
}

function unclear({ subject, problem }: DataDefect): string {
  return `${subject}: nobody could look before the run, and now ${problem.at} ${problem.says}`;
}

function nameOf({ table, constraint }: NamedConstraint): string {
  return `${table} ${constraint}`;
}

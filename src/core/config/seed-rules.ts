import type { Problem } from "../errors.ts";
import { REFERENCE, REHEARSAL } from "../seed/set-names.ts";
import { isProductionLike, saysNoMadeUpRows } from "./production-like.ts";
import type { Config } from "./types.ts";

/** What is wrong with the sets of seeds that environments ask for. */
export function seedFaults({ database, environments }: Config): Omit<Problem, "code">[] {
  return Object.entries(environments).flatMap(([env, environment]) => {
    const sets = environment.seeds ?? [];
    const at = (index: number) => `environments/${env}/seeds/${index}`;
    const all = sets.flatMap((set, index): Omit<Problem, "code">[] => {
      if (set === REHEARSAL) {
        return [
          {
            at: at(index),
            says: `"${set}" is for the databases of rehearsals alone`,
            hint: "keep what an environment gets in a set of another name",
          },
        ];
      }
      if (set !== REFERENCE && isProductionLike(environment)) {
        return [
          {
            at: at(index),
            says: `"${set}" ${saysNoMadeUpRows(environment)}`,
            hint: `take it out; ${env} gets "${REFERENCE}" alone`,
          },
        ];
      }
      if (sets.indexOf(set) === index) return [];
      return [{ at: at(index), says: `names "${set}" twice`, hint: "name each set once" }];
    });
    if (database !== undefined || sets.length === 0) return all;
    const says = "there is no database to seed";
    return [...all, { at: `environments/${env}/seeds`, says, hint: "describe it under database" }];
  });
}

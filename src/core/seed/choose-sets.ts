import { isProductionLike, saysNoMadeUpRows } from "../config/production-like.ts";
import type { EnvironmentConfig } from "../config/types.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { ExitKind, Problem } from "../errors.ts";
import { REFERENCE, REHEARSAL } from "./set-names.ts";

export type ChosenSets =
  | { readonly kind: "chosen"; readonly sets: readonly string[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[]; readonly exit: ExitKind };

type Environment = Pick<EnvironmentConfig, "name" | "policy" | "seeds">;

export interface SetChoice {
  readonly environment: Environment;
  /** Folder of the sets, for sentences. */
  readonly folder: string;
  /** Sets that are there. */
  readonly present: readonly string[];
  /** Sets that the call asks for; empty: all that the environment gets. */
  readonly asked: readonly string[];
}

/**
 * The sets that a run brings in, in their order. What production may not get is refused here once more, whatever the
 * config's own check let through.
 */
export function chooseSets({ environment, folder, present, asked }: SetChoice): ChosenSets {
  const given = environment.seeds ?? wanted(environment).filter((set) => present.includes(set));
  const meant = [...given, ...asked.filter((set) => present.includes(set))];
  const forbidden = [...new Set(meant)].filter((set) => !mayGet(environment, set));
  if (forbidden.length > 0) {
    return {
      kind: "refused",
      problems: forbidden.map((set) => notAllowed(environment, set)),
      exit: "gateClosed",
    };
  }
  const strange = asked.filter((set) => !given.includes(set));
  if (strange.length > 0) {
    return {
      kind: "refused",
      problems: strange.map((set) => notGiven(environment, set, given)),
      exit: "usage",
    };
  }
  const sets = asked.length === 0 ? given : given.filter((set) => asked.includes(set));
  const missing = sets.filter((set) => !present.includes(set));
  if (missing.length === 0) return { kind: "chosen", sets };
  return {
    kind: "refused",
    problems: missing.map((set) => notThere(environment, folder, set, present)),
    exit: "verifyFailed",
  };
}

/** The sets that an environment gets when nothing is written, as far as they are there. */
export function wanted(environment: Omit<Environment, "seeds">): readonly string[] {
  if (isProductionLike(environment) || environment.name === REFERENCE) return [REFERENCE];
  return environment.name === REHEARSAL ? [REFERENCE] : [REFERENCE, environment.name];
}

function mayGet(environment: Environment, set: string): boolean {
  return set !== REHEARSAL && (set === REFERENCE || !isProductionLike(environment));
}

function notAllowed(environment: Environment, set: string): Problem {
  const { name } = environment;
  if (set === REHEARSAL) {
    return {
      code: "SEED_SET_OF_REHEARSALS",
      at: set,
      says: `is for the databases of rehearsals alone, not for ${name}`,
      hint: "keep what an environment gets in a set of another name",
    };
  }
  return {
    code: "SEED_NOT_FOR_PRODUCTION",
    at: set,
    says: saysNoMadeUpRows(environment),
    hint: `${name} gets "${REFERENCE}" alone`,
  };
}

function notGiven({ name }: Environment, set: string, given: readonly string[]): Problem {
  const meant = didYouMean(set, given);
  return {
    code: "SEED_SET_NOT_GIVEN",
    at: "--set",
    says: `${name} does not get the set "${set}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    hint:
      given.length === 0
        ? `name it in environments/${name}/seeds`
        : `it gets ${given.join(", ")}; more are named in environments/${name}/seeds`,
  };
}

function notThere({ name }: Environment, folder: string, set: string, present: readonly string[]): Problem {
  const known = present.filter((one) => one !== REHEARSAL);
  return {
    code: "SEED_SET_MISSING",
    at: `environments/${name}/seeds`,
    says: `names "${set}", and there is no folder ${folder}/${set}`,
    hint: known.length === 0 ? `make ${folder}/${set}` : `there are: ${known.join(", ")}`,
  };
}

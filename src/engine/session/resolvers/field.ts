import type { Arguments, Recipe } from "../../graph/recipe.ts";
import type { Session } from "../../state/session.ts";

export interface RequestContext {
  readonly session: Session;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface Call extends RequestContext {
  /** The object whose field it is; undefined at the root. */
  readonly source: Recipe | undefined;
  readonly args: Arguments;
}

/** Answers a field: a value, a list of recipes, or a recipe. */
export type Field = (call: Call) => unknown;

/** The object whose field it is. */
export function sourceOf(call: Call): Recipe {
  if (call.source === undefined) throw new Error("a field of an object was resolved at the root");
  return call.source;
}

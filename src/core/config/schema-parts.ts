import { z } from "zod";
import { NAME } from "../names.ts";

// Every `error` completes the sentence "should be …"; describe-issue.ts adds the path and what was found.

export const text = (should: string) => z.string({ error: should }).min(1, { error: should });

export const matching = (pattern: RegExp, should: string) =>
  z.string({ error: should }).regex(pattern, { error: should });

/** A text whose form the pattern tells editors, and whose meaning `holds` decides. */
export const meaning = (pattern: RegExp, holds: (text: string) => boolean, should: string) =>
  z.string({ error: should }).regex(pattern, { error: should, abort: true }).refine(holds, { error: should });

export const oneOf = <T extends string>(values: readonly [T, ...T[]]) =>
  z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(", ")}` });

export function wholeNumber(min: number, max: number, of = "") {
  const error = `a whole number${of} between ${min} and ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export const name = matching(NAME, "a name of lower-case letters, digits and single dashes");

/** A list with at least one entry. */
export function some<T extends z.ZodType>(entry: T, should: string) {
  return z.array(entry, { error: should }).min(1, { error: should });
}

import type { WaiverRules } from "../migration/waiver-rules.ts";
import type { CarriedRules } from "./calls.ts";

/** The rules as they fit into a letter; the worker has tools of its own. */
export function carriedRules(rules: WaiverRules | undefined): CarriedRules | undefined {
  if (rules === undefined) return undefined;
  const { tools: _tools, ...rest } = rules;
  return rest;
}

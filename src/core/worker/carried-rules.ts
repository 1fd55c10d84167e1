import type { WaiverDemand } from "../migration/waiver-rules.ts";
import type { CarriedRules } from "./calls.ts";

/** The rules as they fit into a letter; the worker has tools of its own. */
export function carriedRules(rules: WaiverDemand | undefined): CarriedRules | undefined {
  if (rules === undefined || rules === "unasked") return rules;
  const { tools: _tools, ...rest } = rules;
  return rest;
}

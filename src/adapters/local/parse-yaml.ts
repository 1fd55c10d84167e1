import { parseDocument } from "yaml";
import type { JsonResult } from "../../core/json.ts";

/** As many aliases as an honest config could need; a document of nested aliases grows without bound. */
const MAX_ALIASES = 100;

/** Parses one YAML document into plain data; custom tags, double keys and alias bombs are refused. */
export function parseYaml(text: string): JsonResult {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true, stringKeys: true });
  // A tag that is not of the core schema is a warning to the parser and would leave its value as it is.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) return { kind: "refused", says: `is not plain YAML: ${firstLine(fault.message)}` };

  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return hasPrototypeKey(value)
      ? { kind: "refused", says: `has the key "__proto__", which no reader may be given` }
      : { kind: "value", value };
  } catch (error) {
    return {
      kind: "refused",
      says: `is not plain YAML: ${firstLine(error instanceof Error ? error.message : String(error))}`,
    };
  }
}

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasPrototypeKey);
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/:$/, "");
}

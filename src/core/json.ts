export type JsonResult =
  { readonly kind: "value"; readonly value: unknown } | { readonly kind: "refused"; readonly says: string };

/**
 * Parses JSON and refuses what `JSON.parse` lets pass in silence: a key given twice (the first one is lost) and
 * `__proto__` (which some readers take for the object's prototype).
 */
export function parseJson(text: string): JsonResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      kind: "refused",
      says: `is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }

  const fault = keyFault(text);
  return fault === undefined ? { kind: "value", value } : { kind: "refused", says: fault };
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

// The text is known to be JSON by now, so strings and punctuation are all that tells keys from values.
function keyFault(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let mayBeKey = false;

  for (const [token] of text.matchAll(TOKENS)) {
    const keys = open.at(-1);
    if (token === "{") {
      open.push(new Set());
      mayBeKey = true;
    } else if (token === "[") {
      open.push(undefined);
      mayBeKey = false;
    } else if (token === "}" || token === "]") {
      open.pop();
      mayBeKey = false;
    } else if (token === ",") {
      mayBeKey = keys !== undefined;
    } else if (token === ":") {
      mayBeKey = false;
    } else if (mayBeKey && keys !== undefined) {
      const key = String(JSON.parse(token));
      if (key === "__proto__") return `has the key "__proto__", which no reader may be given`;
      if (keys.has(key)) return `has the key ${JSON.stringify(key)} twice`;
      keys.add(key);
    }
  }
  return undefined;
}

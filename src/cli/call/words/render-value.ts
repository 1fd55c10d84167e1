/** The answer as text: a value as it is, a list one item a line, an object one field a line; or as one JSON document. */
export function renderValue(value: unknown, json: boolean): string {
  if (json) return `${JSON.stringify(value ?? null, null, 2)}\n`;
  const text = asText(value);
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(asText).join("\n");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, inner]) => `${name}: ${typeof inner === "string" ? inner : JSON.stringify(inner)}`)
      .join("\n");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

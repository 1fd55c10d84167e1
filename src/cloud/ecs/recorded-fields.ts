import type { Input } from "../wire/input.ts";

/** Those of the named fields that were given, as they were given: kept for the answers, without another effect here. */
export function recordedFields(input: Input, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => input.has(name)).map((name) => [name, input.fields[name]]),
  );
}

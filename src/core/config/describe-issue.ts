import { didYouMean } from "../did-you-mean.ts";
import type { Problem } from "../errors.ts";

/** The part of the schema library's issue that the wording needs, in its own words. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
}

/** Turns an issue into problems with a path; one for each unknown key. */
export function describeIssue(
  issue: SchemaIssue,
  input: unknown,
  knownKeys: readonly string[],
  code: string,
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => {
      const meant = didYouMean(key, knownKeys);
      return {
        code,
        at: at([...issue.path, key]),
        says: meant === undefined ? "unknown key" : `unknown key; did you mean "${meant}"?`,
        hint: meant === undefined ? `known here: ${knownKeys.join(", ")}` : "",
      };
    });
  }
  // A record's key that is not allowed: the path ends with the key itself.
  if (issue.code === "invalid_key") {
    const should = issue.issues?.[0]?.message ?? issue.message;
    return [{ code, at: at(issue.path), says: `the key should be ${should}`, hint: "" }];
  }

  const found = valueAt(input, issue.path);
  const says =
    found === undefined
      ? `is missing; should be ${issue.message}`
      : `should be ${issue.message}, got ${show(found)}`;
  return [{ code, at: at(issue.path), says, hint: "" }];
}

function at(path: readonly PropertyKey[]): string {
  return path.map(String).join("/");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const SHOWN = 80;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

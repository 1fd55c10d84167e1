import { didYouMean } from "../did-you-mean.ts";
import type { Problem } from "../errors.ts";

/** The part of the schema library's issue that the wording needs, in its own words. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
  /** For each way in which the value could have been right, what is wrong with it. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

/** Turns an issue into problems with a path; one for each unknown key. */
export function describeIssue(
  issue: SchemaIssue,
  input: unknown,
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
  code: string,
): Problem[] {
  const inside = meantWay(issue);
  if (inside !== undefined) return inside.flatMap((inner) => describeIssue(inner, input, keysAt, code));

  // What another kind of object may have here is not known in this one.
  const knownKeys = keysAt(issue.path).filter((key) => issue.keys?.includes(key) !== true);
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

/** The issues of the one way that the value was written in, when it is clear which one was meant. */
function meantWay({ code, errors, path }: SchemaIssue): readonly SchemaIssue[] | undefined {
  if (code !== "invalid_union") return undefined;
  const isInside = (issue: SchemaIssue) => issue.path.length > 0 || issue.code === "unrecognized_keys";
  const ways = (errors ?? []).filter((issues) => issues.length > 0 && issues.every(isInside));
  return ways.length === 1
    ? ways[0]?.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
    : undefined;
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

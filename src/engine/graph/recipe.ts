import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** The object types of the session that have an ID. */
export type TypeName =
  | "CacheVolume"
  | "Container"
  | "Directory"
  | "EnvVariable"
  | "File"
  | "Host"
  | "Label"
  | "Port"
  | "Secret"
  | "Service";

export type Argument =
  null | boolean | number | string | Recipe | readonly Argument[] | { readonly [name: string]: Argument };

export type Arguments = Readonly<Record<string, Argument>>;

/** How to make one object: an operation on a parent with arguments. Immutable; equal recipes have equal IDs. */
export class Recipe {
  readonly type: TypeName;
  readonly operation: string;
  readonly parent: Recipe | undefined;
  readonly args: Arguments;
  readonly id: string;

  constructor(type: TypeName, operation: string, parent: Recipe | undefined, args: Arguments) {
    this.type = type;
    this.operation = operation;
    this.parent = parent;
    this.args = args;
    this.id = `${type}:${hashOf({ operation, parent: parent?.id ?? null, args: withIds(args) })}`;
  }
}

/** SHA-256 (base64url) of a value's canonical JSON (RFC 8785). */
export function hashOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("only values that JSON can hold have a hash");
  return createHash("sha256").update(text).digest("base64url");
}

// A recipe inside the arguments counts by its ID, so that hashing a long chain stays linear.
function withIds(argument: Argument): unknown {
  if (argument instanceof Recipe) return { $recipe: argument.id };
  if (Array.isArray(argument)) return argument.map((item: Argument) => withIds(item));
  if (argument !== null && typeof argument === "object") {
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, withIds(value)]));
  }
  return argument;
}

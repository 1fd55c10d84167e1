// What can be called, and with what: the module's functions as Dagger's introspector gives them, and Dagger's own types.

export type TypeRef =
  | { readonly kind: "text" | "whole number" | "number" | "boolean" | "nothing" }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "list"; readonly of: TypeRef }
  /** Exists in the API, cannot be written as a flag. */
  | { readonly kind: "unwritable"; readonly name: string };

export interface ArgumentSchema {
  readonly name: string;
  readonly description: string;
  readonly type: TypeRef;
  readonly optional: boolean;
  readonly defaultValue?: string | number | boolean | readonly unknown[];
  /** Where the value comes from when it is not given; see context-folder.ts. */
  readonly defaultPath?: string;
  /** Patterns of a `.dockerignore`: what of a directory is left out. */
  readonly ignore?: readonly string[];
  /** The SDK takes it in the options object at the end, and not by position. */
  readonly inOptions?: boolean;
}

export interface FunctionSchema {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly ArgumentSchema[];
  readonly returns: TypeRef;
}

export interface ObjectSchema {
  readonly name: string;
  readonly description: string;
  readonly functions: readonly FunctionSchema[];
}

export interface CallSchema {
  /** The module's main object; its constructor's arguments come before the first function. */
  readonly main: string;
  readonly description: string;
  readonly construct: FunctionSchema;
  readonly objects: Readonly<Record<string, ObjectSchema>>;
  /** Enum → the values that may be written. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

/** A type as help and errors name it. */
export function typeWords(type: TypeRef): string {
  switch (type.kind) {
    case "enum":
    case "object":
    case "unwritable":
      return type.name;
    case "list":
      return `list of ${typeWords(type.of)}`;
    default:
      return type.kind;
  }
}

import { type Argument, type Arguments, Recipe } from "./recipe.ts";

// Reads arguments that the schema has checked already: a wrong type here is a fault of the schema.

/** A string argument. */
export function textOf(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value === "string") return value;
  throw mismatch(name, "a string");
}

/** A string argument, or undefined when it was left out or is empty. */
export function optionalTextOf(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An integer argument. */
export function numberOf(args: Arguments, name: string): number {
  const value = args[name];
  if (typeof value === "number") return value;
  throw mismatch(name, "a number");
}

/** An integer argument, or undefined when it was left out. */
export function optionalNumberOf(args: Arguments, name: string): number | undefined {
  const value = args[name];
  return typeof value === "number" ? value : undefined;
}

/** A Boolean argument; left out means false. */
export function flagOf(args: Arguments, name: string): boolean {
  return args[name] === true;
}

/** A list of strings; left out means none. */
export function textsOf(args: Arguments, name: string): readonly string[] {
  return listOf(args[name]).map((item) => {
    if (typeof item === "string") return item;
    throw mismatch(name, "a list of strings");
  });
}

/** A list of input objects; left out means none. */
export function objectsOf(args: Arguments, name: string): readonly Arguments[] {
  return listOf(args[name]).map((item) => {
    if (item !== null && typeof item === "object" && !(item instanceof Recipe) && !Array.isArray(item)) {
      return item as Arguments;
    }
    throw mismatch(name, "a list of objects");
  });
}

/** The object that an ID argument names. */
export function recipeOf(args: Arguments, name: string): Recipe {
  const value = args[name];
  if (value instanceof Recipe) return value;
  throw mismatch(name, "an ID");
}

/** The same, or undefined when it was left out. */
export function optionalRecipeOf(args: Arguments, name: string): Recipe | undefined {
  const value = args[name];
  return value instanceof Recipe ? value : undefined;
}

/** The objects that a list of IDs names. */
export function recipesOf(args: Arguments, name: string): readonly Recipe[] {
  return listOf(args[name]).map((item) => {
    if (item instanceof Recipe) return item;
    throw mismatch(name, "a list of IDs");
  });
}

function listOf(value: Argument | undefined): readonly Argument[] {
  return Array.isArray(value) ? (value as readonly Argument[]) : [];
}

function mismatch(name: string, expected: string): Error {
  return new Error(`argument ${name} should be ${expected}`);
}

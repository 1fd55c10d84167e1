import { Recipe, type Arguments, type TypeName } from "../../graph/recipe.ts";
import type { ExposedPort } from "../../state/container.ts";
import type { Session } from "../../state/session.ts";
import { type Field, sourceOf } from "./field.ts";

const FIELDS = {
  EnvVariable: ["name", "value"],
  Label: ["name", "value"],
  Port: ["description", "experimentalSkipHealthcheck", "port", "protocol"],
} as const satisfies Partial<Record<TypeName, readonly string[]>>;

/** Fields of objects that are nothing but their values. */
export const valueFields: Readonly<Record<string, Field>> = Object.fromEntries(
  Object.entries(FIELDS).flatMap(([type, names]) =>
    names.map((name): [string, Field] => [`${type}.${name}`, (call) => sourceOf(call).args[name]]),
  ),
);

/** An object that is nothing but its values; its ID stands for them. */
function valueRecipe(session: Session, type: keyof typeof FIELDS, args: Arguments): Recipe {
  return session.recipes.keep(new Recipe(type, "value", undefined, args));
}

/** Names and values as a list of objects. */
export function namedValues(
  session: Session,
  type: "EnvVariable" | "Label",
  values: ReadonlyMap<string, string>,
): Recipe[] {
  return [...values].map(([name, value]) => valueRecipe(session, type, { name, value }));
}

export function portRecipes(session: Session, ports: readonly ExposedPort[]): Recipe[] {
  return ports.map(({ port, protocol, description, skipHealthcheck }) =>
    valueRecipe(session, "Port", {
      port,
      protocol,
      description,
      experimentalSkipHealthcheck: skipHealthcheck,
    }),
  );
}

import { buildSchema, type GraphQLSchema, isObjectType, Kind } from "graphql";
import type { TypeName } from "../graph/recipe.ts";
import { container } from "./schema/container.ts";
import { directory } from "./schema/directory.ts";
import { query } from "./schema/query.ts";
import { scalars } from "./schema/scalars.ts";
import { smallTypes } from "./schema/small-types.ts";

/** The part of Dagger's API that the embedded engine serves. */
export const schema: GraphQLSchema = buildSchema(
  [scalars, query, container, directory, smallTypes].join("\n"),
);

/** For each `Type.field(argument:)` that takes an ID: the type of object it must be of. */
export const idArguments: ReadonlyMap<string, TypeName> = new Map(
  Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        field.args.flatMap((argument): [string, TypeName][] => {
          const [directive] = argument.astNode?.directives ?? [];
          const value = directive?.arguments?.[0]?.value;
          if (value?.kind !== Kind.STRING) return [];
          return [[`${type.name}.${field.name}(${argument.name}:)`, value.value as TypeName]];
        }),
      ),
    ),
);

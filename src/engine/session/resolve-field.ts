import {
  getNamedType,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLTypeResolver,
  isListType,
  getNullableType,
  isObjectType,
} from "graphql";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { type Argument, type Arguments, Recipe, type TypeName } from "../graph/recipe.ts";
import { containerFields } from "./resolvers/container.ts";
import { directoryFields } from "./resolvers/directory.ts";
import type { Field, RequestContext } from "./resolvers/field.ts";
import { fileFields } from "./resolvers/file.ts";
import { hostFields } from "./resolvers/host.ts";
import { queryFields } from "./resolvers/query.ts";
import { serviceFields } from "./resolvers/service.ts";
import { valueFields } from "./resolvers/values.ts";
import { idArguments } from "./schema.ts";

/** The fields that need work: leaves, lists, and what has to look at this machine. By `Type.field`. */
export const fields: Readonly<Record<string, Field>> = {
  ...queryFields,
  ...hostFields,
  ...containerFields,
  ...directoryFields,
  ...fileFields,
  ...serviceFields,
  ...valueFields,
};

/** Resolves a field: a leaf by its function; one that answers an object by writing down the recipe, without work. */
export const resolveField: GraphQLFieldResolver<Recipe | undefined, RequestContext, Arguments> = (
  source,
  args,
  context,
  info,
) => {
  const name = `${info.parentType.name}.${info.fieldName}`;
  const read = Object.fromEntries(
    Object.entries(args).map(([argument, value]) => [
      argument,
      withRecipes(value, `${name}(${argument}:)`, context),
    ]),
  );
  const field = fields[name];
  if (field !== undefined) return field({ source, args: read, ...context });
  if (info.fieldName === "id" && source !== undefined) return source.id;

  const type = objectType(info);
  if (type === undefined) throw new Error(`nothing resolves ${name}`);
  return context.session.recipes.keep(new Recipe(type, name, source, read));
};

export const resolveType: GraphQLTypeResolver<Recipe, RequestContext> = (value) => value.type;

/** IDs become the recipes they stand for. */
function withRecipes(value: unknown, argument: string, context: RequestContext): Argument {
  const expected = idArguments.get(argument);
  if (expected === undefined || value === null) return plain(value);
  if (Array.isArray(value)) return value.map((item) => withRecipes(item, argument, context));
  if (typeof value !== "string") throw new RecipeProblem(`${argument} takes an ID`);
  return context.session.recipes.find(value, expected);
}

// graphql-js makes objects without a prototype, which canonical JSON does not take for objects.
function plain(value: unknown): Argument {
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  }
  return value as Argument;
}

function objectType(info: GraphQLResolveInfo): TypeName | undefined {
  const type = getNamedType(info.returnType);
  if (isListType(getNullableType(info.returnType)) || !isObjectType(type)) return undefined;
  return type.name as TypeName;
}

import type { ArgumentSchema, CallSchema, FunctionSchema, ObjectSchema, TypeRef } from "./types.ts";

// The JSON that Dagger's introspector makes of a module. Only what is read here.
export interface IntrospectedModule {
  readonly name: string;
  readonly description?: string;
  readonly objects: Readonly<Record<string, IntrospectedObject>>;
  readonly enums: Readonly<Record<string, { readonly values: Readonly<Record<string, unknown>> }>>;
}

interface IntrospectedObject {
  readonly name: string;
  readonly description?: string;
  readonly constructor?: { readonly arguments: Readonly<Record<string, IntrospectedArgument>> };
  readonly methods: Readonly<Record<string, IntrospectedMethod>>;
}

interface IntrospectedMethod {
  readonly name: string;
  readonly alias?: string;
  readonly description?: string;
  readonly arguments: Readonly<Record<string, IntrospectedArgument>>;
  readonly returnType?: IntrospectedType;
}

interface IntrospectedArgument {
  readonly name: string;
  readonly description?: string;
  readonly type?: IntrospectedType;
  readonly isVariadic: boolean;
  readonly isOptional: boolean;
  readonly defaultValue?: ArgumentSchema["defaultValue"];
  readonly defaultPath?: string;
  readonly ignore?: readonly string[];
}

interface IntrospectedType {
  readonly kind: string;
  readonly name?: string;
  readonly typeDef?: IntrospectedType;
}

/** The module's part of what can be called; `core` is Dagger's own part. */
export function fromIntrospection(
  module: IntrospectedModule,
  core: Pick<CallSchema, "objects" | "enums">,
): CallSchema {
  const main = module.objects[module.name];
  if (main === undefined) throw new Error(`the module has no class named ${module.name}`);

  const objects = Object.values(module.objects).map((object): [string, ObjectSchema] => [
    object.name,
    fromObject(object),
  ]);
  const enums = Object.entries(module.enums).map(
    ([name, { values }]) => [name, Object.keys(values)] as const,
  );
  return {
    main: module.name,
    description: module.description ?? main.description ?? "",
    construct: {
      name: "",
      description: "",
      arguments: fromArguments(Object.hasOwn(main, "constructor") ? (main.constructor?.arguments ?? {}) : {}),
      returns: { kind: "object", name: module.name },
    },
    objects: { ...core.objects, ...Object.fromEntries(objects) },
    enums: { ...core.enums, ...Object.fromEntries(enums) },
  };
}

function fromObject(object: IntrospectedObject): ObjectSchema {
  const functions = Object.values(object.methods).map((method): FunctionSchema => ({
    name: method.name,
    description: method.description ?? "",
    arguments: fromArguments(method.arguments),
    returns: fromType(method.returnType),
  }));
  return { name: object.name, description: object.description ?? "", functions };
}

function fromArguments(given: Readonly<Record<string, IntrospectedArgument>>): ArgumentSchema[] {
  return Object.values(given).map((argument) => ({
    name: argument.name,
    description: argument.description ?? "",
    type: argument.isVariadic ? { kind: "list", of: fromType(argument.type) } : fromType(argument.type),
    optional:
      argument.isOptional || argument.defaultValue !== undefined || argument.defaultPath !== undefined,
    ...(argument.defaultValue !== undefined && { defaultValue: argument.defaultValue }),
    ...(argument.defaultPath !== undefined && { defaultPath: argument.defaultPath }),
    ...(argument.ignore !== undefined && { ignore: argument.ignore }),
  }));
}

function fromType(type: IntrospectedType | undefined): TypeRef {
  if (type === undefined) return { kind: "nothing" };
  const name = type.name ?? "";
  switch (type.kind) {
    case "STRING_KIND":
    case "SCALAR_KIND":
      return { kind: "text" };
    case "INTEGER_KIND":
      return { kind: "whole number" };
    case "FLOAT_KIND":
      return { kind: "number" };
    case "BOOLEAN_KIND":
      return { kind: "boolean" };
    case "ENUM_KIND":
      return { kind: "enum", name };
    case "OBJECT_KIND":
      return { kind: "object", name };
    case "LIST_KIND":
      return { kind: "list", of: fromType(type.typeDef) };
    case "VOID_KIND":
      return { kind: "nothing" };
    default:
      return { kind: "unwritable", name: name || type.kind };
  }
}

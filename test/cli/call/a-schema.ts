import type {
  ArgumentSchema,
  CallSchema,
  FunctionSchema,
  TypeRef,
} from "../../../src/cli/call/schema/types.ts";

const text: TypeRef = { kind: "text" };
const object = (name: string): TypeRef => ({ kind: "object", name });

export function anArgument(
  name: string,
  type: TypeRef = text,
  over: Partial<ArgumentSchema> = {},
): ArgumentSchema {
  return { name, description: `The ${name}.`, type, optional: false, ...over };
}

export function aFunction(
  name: string,
  returns: TypeRef,
  args: readonly ArgumentSchema[] = [],
): FunctionSchema {
  return { name, description: `Does ${name}.`, arguments: args, returns };
}

/** A small module on a small core: one of everything that a call can be made of. */
export const aSchema: CallSchema = {
  main: "Ship",
  description: "A ship.",
  construct: aFunction("", object("Ship"), [
    anArgument("source", object("Directory"), { ignore: ["**/node_modules"] }),
    anArgument("own", object("Directory"), { optional: true, defaultPath: "/", ignore: ["*", "!src"] }),
  ]),
  objects: {
    Ship: {
      name: "Ship",
      description: "",
      functions: [
        aFunction("check", text),
        aFunction("image", object("Container"), [anArgument("component")]),
        aFunction("parts", { kind: "list", of: object("Container") }),
        aFunction("tune", text, [
          anArgument("times", { kind: "whole number" }, { optional: true, defaultValue: 3 }),
          anArgument("factor", { kind: "number" }, { optional: true }),
          anArgument("loudly", { kind: "boolean" }, { optional: true }),
          anArgument("mode", { kind: "enum", name: "Mode" }, { optional: true }),
          anArgument("names", { kind: "list", of: text }, { optional: true }),
          anArgument("accessKey", object("Secret"), { optional: true }),
          anArgument("cloud", object("Service"), { optional: true }),
          anArgument("base", object("Container"), { optional: true }),
          anArgument("notes", object("File"), { optional: true }),
          anArgument("socket", object("Socket"), { optional: true }),
        ]),
      ],
    },
    Container: {
      name: "Container",
      description: "",
      functions: [
        aFunction("withExec", object("Container"), [
          anArgument("args", { kind: "list", of: text }),
          anArgument("expect", { kind: "enum", name: "Mode" }, { optional: true, inOptions: true }),
          anArgument("useEntrypoint", { kind: "boolean" }, { optional: true, inOptions: true }),
        ]),
        aFunction("stdout", text),
      ],
    },
  },
  enums: { Mode: ["FAST", "SLOW"] },
};

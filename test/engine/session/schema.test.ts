import { getNamedType, isListType, getNullableType, isObjectType } from "graphql";
import * as stable from "@dagger.io/dagger";
import { expect, test } from "vitest";
import { containerOperations } from "../../../src/engine/operations/container-state.ts";
import { directoryOperations } from "../../../src/engine/operations/directory.ts";
import { fields } from "../../../src/engine/session/resolve-field.ts";
import { idArguments, schema } from "../../../src/engine/session/schema.ts";

const objects = Object.values(schema.getTypeMap()).filter(
  (type) => isObjectType(type) && !type.name.startsWith("__"),
);
const all = objects.flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).map((field) => ({
        type: type.name,
        field,
        name: `${type.name}.${field.name}`,
      }))
    : [],
);
const isChain = ({ field }: (typeof all)[number]) =>
  !isListType(getNullableType(field.type)) && isObjectType(getNamedType(field.type));

test("every field that answers a value or a list has a function", () => {
  const unresolved = all.filter(
    (one) => !isChain(one) && one.field.name !== "id" && fields[one.name] === undefined,
  );

  expect(unresolved.map(({ name }) => name)).toEqual([]);
});

test("every field of Container and Directory that answers its own type has an operation", () => {
  const own = (type: string) =>
    all
      .filter((one) => one.type === type && isChain(one) && getNamedType(one.field.type).name === type)
      .map(({ field }) => field.name);

  expect(own("Container").filter((name) => containerOperations[name] === undefined)).toEqual([]);
  expect(own("Directory").filter((name) => directoryOperations[name] === undefined)).toEqual([]);
});

test("every field is one that the official SDK has", () => {
  const classes: Record<string, { readonly prototype: object; new (): object }> = {
    ...(stable as unknown as Record<string, { readonly prototype: object; new (): object }>),
    Query: stable.Client,
  };
  const missing = all.filter(({ type, field }) => {
    const Class = classes[type];
    const hidden = field.name === "sync" && type === "Service";
    return Class === undefined || !(hidden || field.name in new Class());
  });

  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("every argument that takes an ID says of what", () => {
  const ids = all.flatMap(({ name, field }) =>
    field.args
      .filter((argument) => getNamedType(argument.type).name === "ID")
      .map((argument) => `${name}(${argument.name}:)`),
  );

  expect(ids.filter((id) => !idArguments.has(id))).toEqual(["Query.node(id:)"]);
});

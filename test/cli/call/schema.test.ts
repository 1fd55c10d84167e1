import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { moduleSource } from "../../../src/cli/call/module/module-source.ts";
import { readCoreTypes } from "../../../src/cli/call/schema/core-types.ts";
import { flagName } from "../../../src/cli/call/schema/flag-name.ts";
import { fromIntrospection } from "../../../src/cli/call/schema/from-introspection.ts";
import { OWN_FLAGS } from "../../../src/cli/call/words/own-flags.ts";

const core = readCoreTypes(ts, readFileSync(join(moduleSource().sdk, "api/client.gen.d.ts"), "utf8"));
const find = (object: string, name: string) =>
  core.objects[object]?.functions.find((found) => found.name === name);

test("a function of the SDK's client has its positions, its options and what it answers", () => {
  expect(find("Container", "withNewFile")).toMatchObject({
    name: "withNewFile",
    arguments: [
      { name: "path", type: { kind: "text" }, optional: false },
      { name: "contents", type: { kind: "text" }, optional: false },
      { name: "permissions", type: { kind: "number" }, optional: true, inOptions: true },
      { name: "owner", type: { kind: "text" }, optional: true, inOptions: true },
      { name: "expand", type: { kind: "boolean" }, optional: true, inOptions: true },
    ],
    returns: { kind: "object", name: "Container" },
  });
});

test.each([
  ["Container", "stdout", { kind: "text" }],
  ["Container", "exitCode", { kind: "number" }],
  ["Container", "sync", { kind: "object", name: "Container" }],
  ["Container", "platform", { kind: "text" }],
  ["Container", "exposedPorts", { kind: "list", of: { kind: "object", name: "Port" } }],
  ["Directory", "entries", { kind: "list", of: { kind: "text" } }],
  ["Container", "up", { kind: "nothing" }],
] as const)("%s.%s answers %j", (object, name, returns) => {
  expect(find(object, name)?.returns).toEqual(returns);
});

test("enums have the values that may be written, each once", () => {
  expect(core.enums["ReturnType"]).toEqual(["ANY", "FAILURE", "SUCCESS"]);
});

test("what no flag can say is named as it is", () => {
  const ports = find("Container", "up")?.arguments.find(({ name }) => name === "ports");

  expect(ports?.type).toEqual({ kind: "list", of: { kind: "unwritable", name: "PortForward" } });
});

test("documentation comes along", () => {
  expect(find("File", "export")?.arguments[0]?.description).toMatch(/^Location of the written/);
  expect(find("Directory", "entries")?.description).toBe(
    "Returns a list of files and directories at the given path.",
  );
});

test.each([
  ["withExec", "with-exec"],
  ["asJSON", "as-json"],
  ["import_", "import"],
  ["awsAccessKeyId", "aws-access-key-id"],
  ["check", "check"],
])("%s is written %s", (name, word) => expect(flagName(name)).toBe(word));

test("a module's arguments are optional with a mark, a default or a default path; a variadic one is a list", () => {
  const argument = (name: string, over: object) => ({
    [name]: { name, type: { kind: "STRING_KIND" }, isVariadic: false, isOptional: false, ...over },
  });
  const schema = fromIntrospection(
    {
      name: "Ship",
      objects: {
        Ship: {
          name: "Ship",
          constructor: {
            arguments: argument("home", {
              defaultPath: "/",
              type: { kind: "OBJECT_KIND", name: "Directory" },
            }),
          },
          methods: {
            sail: {
              name: "sail",
              arguments: {
                ...argument("to", {}),
                ...argument("via", { isVariadic: true, isOptional: true }),
                ...argument("knots", { type: { kind: "INTEGER_KIND" }, defaultValue: 5 }),
                ...argument("flag", { type: { kind: "ENUM_KIND", name: "Flag" } }),
              },
              returnType: { kind: "LIST_KIND", typeDef: { kind: "OBJECT_KIND", name: "Port" } },
            },
          },
        },
      },
      enums: { Flag: { values: { RED: {}, BLUE: {} } } },
    },
    core,
  );

  expect(schema.construct.arguments).toMatchObject([{ name: "home", optional: true, defaultPath: "/" }]);
  expect(schema.objects["Ship"]?.functions).toMatchObject([
    {
      name: "sail",
      arguments: [
        { name: "to", optional: false, type: { kind: "text" } },
        { name: "via", optional: true, type: { kind: "list", of: { kind: "text" } } },
        { name: "knots", optional: true, type: { kind: "whole number" }, defaultValue: 5 },
        { name: "flag", optional: false, type: { kind: "enum", name: "Flag" } },
      ],
      returns: { kind: "list", of: { kind: "object", name: "Port" } },
    },
  ]);
  expect(schema.enums["Flag"]).toEqual(["RED", "BLUE"]);
});

test("no argument of the module hides a flag of call, and none has a digit, which Dagger's CLI splits", () => {
  const golden = JSON.parse(
    readFileSync(new URL("../../golden/dagger/introspection.json", import.meta.url), "utf8"),
  ) as Parameters<typeof fromIntrospection>[0];
  const schema = fromIntrospection(golden, core);

  const functions = [schema.construct, ...(schema.objects[schema.main]?.functions ?? [])];
  const names = functions.flatMap((found) => [found.name, ...found.arguments.map(({ name }) => name)]);
  expect(names.filter((name) => /\d/.test(name))).toEqual([]);
  expect(names.filter((name) => OWN_FLAGS.some((flag) => flag.name === flagName(name)))).toEqual([]);
});

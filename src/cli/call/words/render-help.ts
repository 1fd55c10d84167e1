import { flagName } from "../schema/flag-name.ts";
import {
  typeWords,
  type ArgumentSchema,
  type CallSchema,
  type FunctionSchema,
  type TypeRef,
} from "../schema/types.ts";
import { OWN_FLAGS } from "./own-flags.ts";

const EXAMPLES = `Examples:
  slipway call check
  slipway call integration
  slipway call image --component=api with-exec --args=node,--version stdout
  slipway call migrations rehearse
  slipway call migrations --postgres=17 snapshot -o snapshot.json
  slipway call release --registry=127.0.0.1:5000 --username=me --password=env:PASSWORD export --path=release.json
`;

const VALUES = `A folder or file is a path, a secret env:NAME, file:path or cmd:command, a service tcp://host:port, an image its
address. The items of a list are separated by commas, or the flag is given again. --source is the app's folder: it is the
project's folder unless it is given. Flags of the pipeline come before the first function.
`;

/** The help at one level: of `call` itself, or of the last function of `chain`. */
export function renderHelp(
  schema: CallSchema,
  chain: readonly FunctionSchema[],
  defaults: Readonly<Record<string, string>>,
): string {
  const target = chain.at(-1);
  const words = chain.map(({ name }) => flagName(name)).join(" ");
  const parts = [
    (target?.description ?? "") || schema.description,
    `Usage: slipway call [flags] ${target === undefined ? "<function> [flags]" : `${words} [flags]`}${follows(target) ? " [function …]" : ""}`,
    table(target === undefined ? "Functions" : `Functions on ${endName(target)}`, functions(schema, target)),
    table(
      target === undefined ? "Flags of the pipeline" : "Flags",
      (target ?? schema.construct).arguments.map((argument) =>
        argumentRow(schema, argument, target === undefined ? defaults : {}),
      ),
    ),
    table("Flags of call", OWN_FLAGS.map(ownRow)),
    ...(target === undefined ? [VALUES, EXAMPLES] : []),
  ];
  return `${parts
    .filter((part) => part !== "")
    .map((part) => part.trimEnd())
    .join("\n\n")}\n`;
}

function functions(schema: CallSchema, target: FunctionSchema | undefined): string[][] {
  const name = target === undefined ? schema.main : endName(target);
  const list = (name === undefined ? undefined : schema.objects[name])?.functions ?? [];
  return list
    .filter(({ name }) => name !== "id")
    .map(({ name, description }) => [flagName(name), firstLine(description)]);
}

function argumentRow(
  schema: CallSchema,
  argument: ArgumentSchema,
  defaults: Readonly<Record<string, string>>,
): string[] {
  const fallback = defaults[argument.name] ?? argument.defaultValue;
  const notes = [
    argument.optional || fallback !== undefined ? "" : "[needed]",
    fallback === undefined ? "" : `(default: ${JSON.stringify(fallback)})`,
  ];
  const said = [firstLine(argument.description), ...notes].filter((part) => part !== "").join(" ");
  return [`--${flagName(argument.name)}`, written(schema, argument.type), said];
}

function written(schema: CallSchema, type: TypeRef): string {
  const values = type.kind === "enum" ? schema.enums[type.name] : undefined;
  return values?.join("|") ?? typeWords(type);
}

function ownRow({ name, short, value, description }: (typeof OWN_FLAGS)[number]): string[] {
  return [`${short === undefined ? "" : `-${short}, `}--${name}`, value ?? "", description];
}

function table(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return `${title}:\n${lines.map((line) => `  ${line.trimEnd()}`).join("\n")}`;
}

function follows(target: FunctionSchema | undefined): boolean {
  return target !== undefined && endName(target) !== undefined;
}

function endName(target: FunctionSchema): string | undefined {
  const last = (type: TypeRef): string | undefined =>
    type.kind === "list" ? last(type.of) : type.kind === "object" ? type.name : undefined;
  return last(target.returns);
}

function firstLine(text: string): string {
  return text.split("\n\n")[0]?.replaceAll(/\s+/g, " ").trim() ?? "";
}

import { resolve } from "node:path";
import { didYouMean } from "../../../core/did-you-mean.ts";
import { typeWords, type ArgumentSchema, type CallSchema, type TypeRef } from "../schema/types.ts";
import type { Value } from "./plan.ts";
import { readAddress } from "./read-address.ts";
import { splitList } from "./split-list.ts";

/** What a value is read against. */
export interface ValueContext {
  readonly enums: CallSchema["enums"];
  /** Relative paths begin here. */
  readonly cwd: string;
}

export type ReadValue = { readonly value: Value } | { readonly should: string };

/** The value that was typed for an argument, or the end of the sentence "should be …". */
export function readValue(
  argument: ArgumentSchema,
  typed: readonly string[],
  context: ValueContext,
): ReadValue {
  if (argument.type.kind !== "list") return readOne(argument, argument.type, typed.at(-1) ?? "", context);

  const items: Value[] = [];
  for (const text of typed.flatMap(splitList)) {
    const read = readOne(argument, argument.type.of, text, context);
    if ("should" in read) return read;
    items.push(read.value);
  }
  return { value: { kind: "list", items } };
}

function readOne(argument: ArgumentSchema, type: TypeRef, text: string, context: ValueContext): ReadValue {
  switch (type.kind) {
    case "text":
      return plain(text);
    case "whole number":
      return /^-?\d+$/.test(text)
        ? plain(Number(text))
        : { should: `should be a whole number, got "${text}"` };
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text))
        ? plain(Number(text))
        : { should: `should be a number, got "${text}"` };
    case "boolean":
      return text === "true" || text === "false"
        ? plain(text === "true")
        : { should: `should be true or false, got "${text}"` };
    case "enum":
      return readEnum(context.enums[type.name] ?? [], text);
    case "object":
      return readAddress(type.name, text, argument.ignore ?? [], (path) => resolve(context.cwd, path));
    default:
      return {
        should: `cannot be written on the command line: it is ${typeWords(type)}`,
      };
  }
}

function readEnum(values: readonly string[], text: string): ReadValue {
  const value = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (value !== undefined) return plain(value);
  const meant = didYouMean(text, values);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  return { should: `should be one of ${values.join(", ")}, got "${text}"${hint}` };
}

function plain(value: string | number | boolean): ReadValue {
  return { value: { kind: "plain", value } };
}

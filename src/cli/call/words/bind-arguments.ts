import { didYouMean } from "../../../core/did-you-mean.ts";
import type { Problem } from "../../../core/errors.ts";
import { flagName } from "../schema/flag-name.ts";
import { typeWords, type ArgumentSchema, type FunctionSchema } from "../schema/types.ts";
import { OWN_FLAGS } from "./own-flags.ts";
import type { Step, Value } from "./plan.ts";
import type { TypedFlag } from "./read-flags.ts";
import { readValue, type ValueContext } from "./read-value.ts";

export interface Defaults {
  readonly defaults: Readonly<Record<string, string>>;
  readonly contextPath: (defaultPath: string) => string;
  /** The functions up to this one, as they are typed; none for `call` itself. */
  readonly path: readonly string[];
}

/** Gives a function's arguments the values that were typed, and says which flags are unknown, wrong or missing. */
export function bindArguments(
  target: FunctionSchema,
  flags: readonly TypedFlag[],
  context: ValueContext,
  defaults: Defaults,
): { readonly step: Step; readonly problems: readonly Problem[] } {
  const problems: Problem[] = unknownFlags(target, flags, defaults.path);
  const positional: Value[] = [];
  const options: Record<string, Value> = {};

  for (const argument of target.arguments) {
    const bound = bindOne(target, argument, flags, context, defaults);
    const value: Value = "kind" in bound ? bound : { kind: "absent" };
    if ("code" in bound) problems.push(bound);
    if (argument.inOptions !== true) positional.push(value);
    else if (value.kind !== "absent") options[argument.name] = value;
  }
  return { step: { name: target.name, positional, options }, problems };
}

function bindOne(
  target: FunctionSchema,
  argument: ArgumentSchema,
  flags: readonly TypedFlag[],
  context: ValueContext,
  { defaults, contextPath, path }: Defaults,
): Value | Problem {
  const flag = flagName(argument.name);
  const typed = flags.filter(({ name }) => name === flag);
  const fallback = defaults[argument.name];
  if (typed.length === 0 && fallback !== undefined) typed.push({ name: flag, value: fallback });
  if (typed.length === 0 && argument.defaultPath !== undefined) {
    typed.push({ name: flag, value: contextPath(argument.defaultPath) });
  }

  if (typed.length === 0) return argument.optional ? { kind: "absent" } : missing(argument, path);
  const texts = typed.map(({ value }) => value ?? (argument.type.kind === "boolean" ? "true" : undefined));
  if (texts.includes(undefined)) return missing(argument, path);
  const read = readValue(argument, texts as string[], context);
  if ("value" in read) return read.value;
  return { code: "FLAG_WRONG", at: `--${flag}`, says: read.should, hint: helpHint(path) };
}

function missing(argument: ArgumentSchema, path: readonly string[]): Problem {
  const flag = flagName(argument.name);
  return {
    code: "FLAG_MISSING",
    at: `--${flag}`,
    says: `is needed: a ${typeWords(argument.type)}`,
    hint: helpHint(path),
  };
}

function unknownFlags(
  target: FunctionSchema,
  flags: readonly TypedFlag[],
  path: readonly string[],
): Problem[] {
  const known = target.arguments.map(({ name }) => flagName(name));
  const unknown = [...new Set(flags.map(({ name }) => name))].filter((name) => !known.includes(name));
  return unknown.map((name) => {
    const meant = didYouMean(name, [...known, ...OWN_FLAGS.map(({ name }) => name)]);
    return {
      code: "FLAG_UNKNOWN",
      at: name.startsWith("-") ? name : `--${name}`,
      says: `${target.name === "" ? "call" : flagName(target.name)} has no such flag`,
      hint: meant === undefined ? helpHint(path) : `did you mean --${meant}?`,
    };
  });
}

function helpHint(path: readonly string[]): string {
  return `slipway call ${[...path, "--help"].join(" ")} lists the flags`;
}

import { didYouMean } from "../../../core/did-you-mean.ts";
import type { Problem } from "../../../core/errors.ts";
import { flagName } from "../schema/flag-name.ts";
import { typeWords, type CallSchema, type FunctionSchema, type TypeRef } from "../schema/types.ts";
import { bindArguments } from "./bind-arguments.ts";
import { readOwn, type OwnWords } from "./own-words.ts";
import type { Plan, Step } from "./plan.ts";
import { readFlags } from "./read-flags.ts";
import type { ValueContext } from "./read-value.ts";

export interface CallContext extends Omit<ValueContext, "enums"> {
  /** Texts that stand for arguments of the constructor that were not given. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Where a `defaultPath` of the module leads. */
  readonly contextPath: (defaultPath: string) => string;
}

export type ParsedCall =
  /** Help was asked for; `chain` are the functions named before. */
  | { readonly kind: "help"; readonly chain: readonly FunctionSchema[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "call";
      readonly plan: Plan;
      readonly own: OwnWords;
      readonly chain: readonly FunctionSchema[];
    };

/** Reads the words after `slipway call`. Nothing has run when it refuses, and it names every fault it can see. */
export function parseCall(schema: CallSchema, words: readonly string[], context: CallContext): ParsedCall {
  const values: ValueContext = { cwd: context.cwd, enums: schema.enums };
  const problems: Problem[] = [];
  const own: Parameters<typeof readOwn>[0][number][] = [];
  const chain: FunctionSchema[] = [];
  const steps: Step[] = [];

  let current = schema.construct;
  for (let rest = words; ;) {
    const level = readFlags(rest, (name) => takesValue(current, name));
    own.push(...level.own);
    const bound = bindArguments(current, level.flags, values, {
      defaults: current === schema.construct ? context.defaults : {},
      contextPath: context.contextPath,
      path: chain.map(({ name }) => flagName(name)),
    });
    problems.push(...bound.problems.map((problem) => misplaced(problem, schema, chain)));
    steps.push(bound.step);

    if (level.next === undefined) break;
    const found = nextFunction(schema, current, level.next);
    if ("code" in found) {
      problems.push(found);
      break;
    }
    chain.push(found);
    current = found;
    rest = level.rest;
  }

  const read = readOwn(own, context.cwd);
  if (read.help || (chain.length === 0 && problems.length === 0)) return { kind: "help", chain };
  const all = [...read.problems, ...problems];
  const [construct, first, ...more] = steps;
  if (all.length > 0 || construct === undefined || first === undefined)
    return { kind: "refused", problems: all };

  const endsIn = objectAtEnd(current.returns);
  const plan: Plan = {
    construct: construct.positional,
    steps: [first, ...more],
    endsIn,
    output: read.output,
  };
  return { kind: "call", plan, own: read, chain };
}

/** A flag of the pipeline after a function is known, only in the wrong place. */
function misplaced(problem: Problem, { construct }: CallSchema, chain: readonly FunctionSchema[]): Problem {
  const [first] = chain;
  const known = construct.arguments.some(({ name }) => `--${flagName(name)}` === problem.at);
  if (problem.code !== "FLAG_UNKNOWN" || first === undefined || !known) return problem;
  return { ...problem, hint: `it is the pipeline's: slipway call ${problem.at}=… ${flagName(first.name)}` };
}

function takesValue(current: FunctionSchema, name: string): boolean | undefined {
  const argument = current.arguments.find((argument) => flagName(argument.name) === name);
  return argument === undefined ? undefined : argument.type.kind !== "boolean";
}

function nextFunction(schema: CallSchema, current: FunctionSchema, word: string): FunctionSchema | Problem {
  const name = objectAtEnd(current.returns);
  const at = current === schema.construct ? "call" : flagName(current.name);
  if (name === undefined) {
    return {
      code: "NOTHING_FOLLOWS",
      at,
      says: `answers ${current.returns.kind === "nothing" ? "nothing" : `a ${typeWords(current.returns)}`}, so "${word}" cannot follow`,
      hint: `remove "${word}"`,
    };
  }
  const functions = schema.objects[name]?.functions ?? [];
  const found = functions.find((candidate) => flagName(candidate.name) === word);
  if (found !== undefined) return found;

  const meant = didYouMean(
    word,
    functions.map(({ name }) => flagName(name)),
  );
  return {
    code: "FUNCTION_UNKNOWN",
    at,
    says: `there is no function "${word}"${at === "call" ? "" : ` on a ${name}`}`,
    hint: meant === undefined ? "--help lists the functions" : `did you mean "${meant}"?`,
  };
}

function objectAtEnd(type: TypeRef): string | undefined {
  if (type.kind === "list") return objectAtEnd(type.of);
  return type.kind === "object" ? type.name : undefined;
}

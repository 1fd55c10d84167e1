import type { Plan } from "../words/plan.ts";

/** What is told of an object at the end of a chain, besides its type: functions without arguments that answer a value. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  Container: ["entrypoint", "defaultArgs", "workdir", "user", "platform"],
  Directory: ["entries", "digest"],
  File: ["name", "size", "digest"],
  Service: ["hostname"],
};

type Described = Record<string, ((...args: readonly unknown[]) => Promise<unknown>) | undefined>;

/**
 * What is printed for the end of a chain: a value as it is; of an object its type and what it consists of, after it was
 * made, or the path it was written to.
 */
export async function describeResult(result: unknown, plan: Plan): Promise<unknown> {
  if (plan.endsIn === undefined || typeof result !== "object" || result === null) return result;
  const object = result as Described;
  if (plan.output !== undefined) return await object["export"]?.(plan.output);

  await object["sync"]?.();
  const told = (TOLD[plan.endsIn] ?? []).map(async (name) => [name, await object[name]?.()] as const);
  return { _type: plan.endsIn, ...Object.fromEntries(await Promise.all(told)) };
}

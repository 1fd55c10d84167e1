import type { SmokeCheck } from "../config/types.ts";
import { parseJson } from "../json.ts";

export type SmokeAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "no-answer"; readonly because: string };

/** What is wrong with an answer; empty when the check passes. The check's placeholders are filled in already. */
export function evaluate(check: SmokeCheck, answer: SmokeAnswer): string[] {
  if (answer.kind === "no-answer") return [`no answer: ${answer.because}`];

  const faults =
    answer.status === check.expectStatus ? [] : [`status ${answer.status}, expected ${check.expectStatus}`];
  const expected = Object.entries(check.expectJson);
  if (expected.length === 0) return faults;

  const body = parseJson(answer.body);
  if (body.kind === "refused") return [...faults, `the body ${body.says}`];
  return [
    ...faults,
    ...expected.flatMap(([path, value]) => {
      const found = valueAt(body.value, path);
      return found === value ? [] : [`${path} is ${show(found)}, expected ${show(value)}`];
    }),
  ];
}

/** The value at `a.b.0.c`. */
function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)) return undefined;
    const found: unknown = Reflect.get(inner, key);
    return found;
  }, value);
}

const SHOWN = 120;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

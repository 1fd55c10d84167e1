import { onReveal } from "./secret.ts";
import { secretForms } from "./secret-forms.ts";

// What this process has taken out of its secrets, and so may be told again by whom it was given to.
const labels = new Map<string, string>();
let expression: RegExp | undefined;

onReveal((label, value) => {
  const fresh = secretForms(value).filter((form) => !labels.has(form));
  if (fresh.length === 0) return;
  for (const form of fresh) labels.set(form, `<${label}>`);
  // Longest first: a secret may begin another one.
  const forms = [...labels.keys()].toSorted((a, b) => b.length - a.length);
  expression = new RegExp(forms.map(literal).join("|"), "g");
});

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** The text with every secret that was revealed, in whatever form, replaced by its name. */
export function scrub(text: string): string {
  return expression === undefined ? text : text.replace(expression, (form) => labels.get(form) ?? "***");
}

/** The JSON value with the texts in it scrubbed; names of fields are ours and stay. */
export function scrubDeep<T>(value: T): T;
export function scrubDeep(value: unknown): unknown {
  if (expression === undefined) return value;
  if (typeof value === "string") return scrub(value);
  if (Array.isArray(value)) return value.map((one: unknown) => scrubDeep(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, scrubDeep<unknown>(one)]));
}

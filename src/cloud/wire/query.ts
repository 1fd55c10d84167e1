import type { AwsError } from "./aws-error.ts";

type Tree = { [name: string]: Tree | string };

/** A list whose members AWS calls by a name of their own: `<DBInstances><DBInstance>`. */
export class Listed {
  readonly member: string;
  readonly entries: readonly unknown[];

  constructor(member: string, entries: readonly unknown[]) {
    this.member = member;
    this.entries = entries;
  }
}

/** Form fields of the Query protocol (`Tags.member.1.Key=a`) as the structure they stand for. */
export function readForm(body: string): { action: string; fields: Record<string, unknown> } {
  const tree: Tree = Object.create(null) as Tree;
  let action = "";
  for (const [name, value] of new URLSearchParams(body)) {
    if (name === "Action") action = value;
    else if (name !== "Version") put(tree, name.split("."), value);
  }
  return { action, fields: unfold(tree) as Record<string, unknown> };
}

/** An answer of the Query protocol. */
export function writeAnswer(action: string, namespace: string, result: unknown, requestId: string): string {
  const inner = `<${action}Result>${xml(result)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}">${inner}${metadata}</${action}Response>`;
}

export function writeError(error: AwsError, namespace: string, requestId: string): string {
  const type = error.status >= 500 ? "Receiver" : "Sender";
  const inner = xml({ Type: type, Code: error.code, Message: error.message, ...error.members });
  return `<ErrorResponse xmlns="${namespace}"><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function put(tree: Tree, path: readonly string[], value: string): void {
  const [head = "", ...rest] = path;
  if (rest.length === 0) {
    tree[head] = value;
    return;
  }
  let next = tree[head];
  if (typeof next !== "object") tree[head] = next = Object.create(null) as Tree;
  put(next, rest, value);
}

function unfold(tree: Tree | string): unknown {
  if (typeof tree === "string") return tree;
  const members = tree["member"];
  if (typeof members === "object") {
    const numbers = Object.keys(members).sort((a, b) => Number(a) - Number(b));
    return numbers.map((number) => unfold(members[number] ?? ""));
  }
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, unfold(value)]));
}

function xml(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("");
  if (value instanceof Listed) {
    return value.entries.map((one) => `<${value.member}>${xml(one)}</${value.member}>`).join("");
  }
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return fields.map(([name, field]) => `<${name}>${xml(field)}</${name}>`).join("");
  }
  return escape(typeof value === "string" ? value : JSON.stringify(value));
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

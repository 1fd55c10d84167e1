import type { Node } from "./types.ts";

/** What stands at a path of a parsed node; `undefined` where it ends before. */
export function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, step) => {
    return isRecord(here) ? here[step] : undefined;
  }, node);
}

/** The nodes of a list at a path, each without the wrapper that names its kind. */
export function listAt(node: unknown, ...path: readonly (string | number)[]): readonly Node[] {
  const list = at(node, ...path);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const [inner] = typeof one === "object" && one !== null ? Object.values(one) : [];
    return isNode(inner) ? [inner] : [];
  });
}

/** Qualified name of the table that a statement is about; `null` when it names none. */
export function relationOf(node: Node): string | null {
  const relation = at(node, "relation") ?? at(node, "table") ?? at(node, "view");
  const name = at(relation, "relname");
  if (typeof name !== "string") return null;
  const schema = at(relation, "schemaname");
  return `${typeof schema === "string" ? schema : "public"}.${name}`;
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

import type { Node } from "./types.ts";

/** What stands at a path of a parsed node; `undefined` where it ends before. */
export function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, step) => {
    return isRecord(here) ? here[step] : undefined;
  }, node);
}

/** The text at a path; empty where there is none. */
export function wordAt(node: unknown, ...path: readonly (string | number)[]): string {
  const found = at(node, ...path);
  return typeof found === "string" ? found : "";
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

/** Qualified name from its parts. */
export function nameOf(parts: readonly Node[]): string {
  const [name = "", schema = "public"] = parts.map(({ sval }) => String(sval)).toReversed();
  return `${schema}.${name}`;
}

/** Qualified names of all tables and views that stand in a node, but for what its own WITH names. */
export function namesOf(node: unknown): readonly string[] {
  const found: string[] = [];
  const own = new Set<string>();
  const walk = (here: unknown): void => {
    if (Array.isArray(here)) return here.forEach(walk);
    if (!isRecord(here)) return;
    const { relname, ctename } = here;
    if (typeof ctename === "string") own.add(`public.${ctename}`);
    if (typeof relname === "string") found.push(relationOf({ relation: here }) ?? "");
    Object.values(here).forEach(walk);
  };
  walk(node);
  return [...new Set(found)].filter((name) => !own.has(name));
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

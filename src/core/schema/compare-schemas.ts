import type { SchemaRow, SchemaSnapshot } from "./types.ts";

export interface SchemaChange {
  /** Section of the description, such as `columns`. */
  readonly section: string;
  /** Which of its rows: `public.entries note`. */
  readonly name: string;
  readonly kind: "added" | "removed" | "changed";
  /** Of a changed one: what differs, as JSON text; null: it was not there. */
  readonly fields: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[];
}

/** Fields that name a row; the first ones that it has. */
const NAMES = ["relation", "on", "role", "schema", "objects", "name", "definition_of"] as const;

/** What differs between two schemas. A column that only stands elsewhere differs in `position` alone. */
export function compareSchemas(from: SchemaSnapshot, to: SchemaSnapshot): readonly SchemaChange[] {
  const sections = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return sections.flatMap((section) => compareSection(section, from[section] ?? [], to[section] ?? []));
}

/** Whether the schemas differ in nothing but the order of columns. */
export function isOrderOnly(changes: readonly SchemaChange[]): boolean {
  return changes.every(
    ({ section, kind, fields }) =>
      section === "columns" && kind === "changed" && fields.every(({ field }) => field === "position"),
  );
}

function compareSection(
  section: string,
  from: readonly SchemaRow[],
  to: readonly SchemaRow[],
): readonly SchemaChange[] {
  const before = byName(from);
  const after = byName(to);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): SchemaChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined) return [{ section, name, kind: "added", fields: [] }];
    if (now === undefined) return [{ section, name, kind: "removed", fields: [] }];
    const fields = differences(old, now);
    return fields.length === 0 ? [] : [{ section, name, kind: "changed", fields }];
  });
}

function byName(rows: readonly SchemaRow[]): ReadonlyMap<string, SchemaRow> {
  const named = new Map<string, SchemaRow>();
  for (const row of rows) {
    const name = NAMES.flatMap((field) => {
      const value = row[field];
      return typeof value === "string" ? [value] : [];
    }).join(" ");
    // Two constraints of one table and one name are told apart by a number.
    let unique = name;
    for (let copy = 2; named.has(unique); copy += 1) unique = `${name} (${copy})`;
    named.set(unique, row);
  }
  return named;
}

function differences(from: SchemaRow, to: SchemaRow): SchemaChange["fields"] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return fields
    .map((field) => ({ field, from: from[field] ?? null, to: to[field] ?? null }))
    .filter((one) => JSON.stringify(one.from) !== JSON.stringify(one.to));
}

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** The changes as people read them, one line each and one for each field. */
export function describeChanges(changes: readonly SchemaChange[]): string {
  return changes
    .flatMap(({ section, name, kind, fields }) => [
      `${SIGNS[kind]} ${SINGULAR[section] ?? section} ${name}`,
      ...fields.map(
        ({ field, from, to }) => `    ${field.replaceAll("_", " ")}: ${text(from)} → ${text(to)}`,
      ),
    ])
    .join("\n");
}

/** One change by its name alone: `~ column public.entries mood`. */
export function nameChange({ section, name, kind }: SchemaChange): string {
  return `${SIGNS[kind]} ${SINGULAR[section] ?? section} ${name}`;
}

/** One change in one line: `~ column public.entries mood (type: smallint → integer)`. */
export function describeChange(change: SchemaChange): string {
  const { fields } = change;
  const what = nameChange(change);
  const how = fields.map(
    ({ field, from, to }) => `${field.replaceAll("_", " ")}: ${text(from)} → ${text(to)}`,
  );
  return how.length === 0 ? what : `${what} (${how.join(", ")})`;
}

const SINGULAR: Readonly<Record<string, string>> = {
  schemas: "schema",
  extensions: "extension",
  relations: "relation",
  columns: "column",
  constraints: "constraint",
  indexes: "index",
  policies: "policy",
  functions: "function",
  triggers: "trigger",
  event_triggers: "event trigger",
  rules: "rule",
  sequences: "sequence",
  types: "type",
  default_privileges: "default privileges",
  statistics: "statistics",
  publications: "publication",
  comments: "comment",
};

const LONGEST = 160;

function text(value: unknown): string {
  if (value === null) return "nothing";
  const written = typeof value === "string" ? value : JSON.stringify(value);
  const line = written.replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

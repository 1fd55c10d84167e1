import type { ExpectConfig } from "../config/database-types.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { Problem } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/types.ts";

/** What the app's code relies on and the schema does not have, all at once. A disabled trigger is not there. */
export function compareExpectations(expected: ExpectConfig, schema: SchemaSnapshot): Problem[] {
  const tables = words(schema, "relations", "name");
  const functions = words(schema, "functions", "name");
  const columns = grouped(schema, "columns", "relation");
  const live = { triggers: (schema["triggers"] ?? []).filter(({ enabled }) => enabled !== "D") };
  const triggers = grouped(live, "triggers", "on");

  return [
    ...expected.tables.flatMap((table) => missing("database/expect/tables", "table", table, tables)),
    ...ofTables("columns", "column", expected.columns, tables, columns),
    ...expected.functions.flatMap((name) => missingFunction(name, functions)),
    ...ofTables("triggers", "trigger", expected.triggers, tables, triggers),
  ];
}

function ofTables(
  key: string,
  kind: string,
  wanted: Readonly<Record<string, readonly string[]>>,
  tables: readonly string[],
  there: ReadonlyMap<string, readonly string[]>,
): Problem[] {
  return Object.entries(wanted).flatMap(([table, names]) => {
    const at = `database/expect/${key}/${table}`;
    if (!tables.includes(qualified(table))) return missing(at, "table", table, tables);
    const known = there.get(qualified(table)) ?? [];
    return names
      .filter((name) => !known.includes(name))
      .map((name) => problem(at, `${kind} "${name}"`, didYouMean(name, known)));
  });
}

function missing(at: string, kind: string, name: string, known: readonly string[]): Problem[] {
  if (known.includes(qualified(name))) return [];
  return [problem(at, `${kind} "${name}"`, near(name, known))];
}

/** With the types of its arguments it is that function; without, any of the name. */
function missingFunction(name: string, known: readonly string[]): Problem[] {
  const wanted = qualified(name);
  if (known.some((one) => one === wanted || one.startsWith(`${wanted}(`))) return [];
  const names = wanted.includes("(") ? known : known.map((one) => one.slice(0, one.indexOf("(")));
  return [problem("database/expect/functions", `function "${name}"`, near(name, names))];
}

/** Compared without what nearly every name begins with. */
function near(name: string, known: readonly string[]): string | undefined {
  const short = (one: string) => one.replace(/^public\./, "");
  return didYouMean(short(name), known.map(short));
}

function problem(at: string, what: string, near: string | undefined): Problem {
  const says = `the database has no ${what}`;
  const hint = "write a migration for it, or take it out of database.expect";
  return {
    code: "DATABASE_EXPECTATION_UNMET",
    at,
    says: near === undefined ? says : `${says}; it has "${near}"`,
    hint,
  };
}

/** A name without a schema is of `public`; the dot of a quoted name is not one. */
function qualified(name: string): string {
  return name.replaceAll(/"(?:[^"]|"")*"|\(.*$/g, "x").includes(".") ? name : `public.${name}`;
}

function words(schema: SchemaSnapshot, section: string, key: string): string[] {
  return (schema[section] ?? []).map((row) => String(row[key]));
}

function grouped(schema: SchemaSnapshot, section: string, key: string): Map<string, string[]> {
  const groups = Map.groupBy(schema[section] ?? [], (row) => String(row[key]));
  return new Map([...groups].map(([name, rows]) => [name, rows.map((row) => String(row["name"]))]));
}

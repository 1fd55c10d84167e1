import type { Problem } from "../errors.ts";
import type { MigrationFileName } from "./file-name.ts";

/** What is wrong with the numbers of a folder's migrations: one given twice, or two ways of numbering. */
export function numberProblems(names: readonly MigrationFileName[]): Problem[] {
  return [...doubleNumbers(names), ...mixedSchemes(names)];
}

function doubleNumbers(names: readonly MigrationFileName[]): Problem[] {
  const groups = Map.groupBy(names, ({ number }) => number);
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      code: "MIGRATION_NUMBER_TWICE",
      at: fileOf(group[0]),
      says: `has the same number as ${group
        .slice(1)
        .map(({ id }) => id)
        .join(" and ")}`,
      hint: "give the newer one the next free number",
    }));
}

function mixedSchemes(names: readonly MigrationFileName[]): Problem[] {
  const [first] = names;
  const other = names.find(({ scheme }) => scheme !== first?.scheme);
  if (first === undefined || other === undefined) return [];
  return [
    {
      code: "MIGRATION_NUMBER_SCHEME",
      at: fileOf(other),
      says: `is numbered otherwise than ${first.id}, and their order would depend on how long the numbers are`,
      hint: "number all migrations in one way: 0001, or milliseconds, or a date of 14 digits",
    },
  ];
}

function fileOf(name: MigrationFileName | undefined): string {
  if (name === undefined) return "";
  return name.layout === "pair" ? `${name.id}.up.sql` : name.id;
}

import { at, listAt, nameOf, relationOf, wordAt } from "./node.ts";
import type { Said } from "./security-rules.ts";
import type { LintStatement, LintText, Node } from "./types.ts";

/** What squawk leaves out of what running code relies on. Right in a contract and in a down. */
export function breakRules(
  statement: LintStatement,
  { direction, migration, statements }: LintText,
): readonly Said[] {
  if (direction === "down" || migration.up.header.phase === "contract") return [];
  const { kind, node } = statement;
  switch (kind) {
    case "DropStmt":
      return dropped(node, statements.slice(statements.indexOf(statement) + 1));
    case "RenameStmt":
      return renamed(node);
    case "AlterObjectSchemaStmt":
      return [renames(`moves ${thing(node, "objectType")} to the schema ${String(at(node, "newschema"))}`)];
    case "AlterEnumStmt": {
      const old = at(node, "oldVal");
      return typeof old === "string" ? [renames(`renames the value '${old}' of an enum`)] : [];
    }
    default:
      return [];
  }
}

const WORDS: Readonly<Record<string, string>> = {
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_TYPE: "type",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_SCHEMA: "schema",
  OBJECT_TABLE: "table",
};

function dropped(node: Node, after: readonly LintStatement[]): readonly Said[] {
  const word = WORDS[String(at(node, "removeType"))];
  // Squawk tells of tables; a schema is empty or says CASCADE.
  if (word === undefined || word === "table" || word === "schema") return [];
  const made = new Set(after.map(madeBy));
  return listAt(node, "objects").flatMap((object) => {
    const parts = [listAt(object, "items"), listAt(object, "objname"), listAt(object, "names")];
    const name = nameOf(parts.find((one) => one.length > 0) ?? []);
    if (made.has(name)) return [];
    return [takesAway(`drops the ${word} ${name}, which running code may use`)];
  });
}

/** Name of a view or function that a statement makes. */
function madeBy({ kind, node }: LintStatement): string | undefined {
  if (kind === "CreateFunctionStmt") return nameOf(listAt(node, "funcname"));
  if (kind === "CompositeTypeStmt" || kind === "CreateEnumStmt") return nameOf(listAt(node, "typeName"));
  if (kind === "CreateTableAsStmt") return relationOf({ relation: at(node, "into", "rel") }) ?? undefined;
  return kind === "ViewStmt" || kind === "CreateSeqStmt"
    ? (relationOf(kind === "ViewStmt" ? node : { relation: at(node, "sequence") }) ?? undefined)
    : undefined;
}

function renamed(node: Node): readonly Said[] {
  const what = String(at(node, "renameType"));
  // Squawk tells of tables and columns.
  if (WORDS[what] === undefined || what === "OBJECT_TABLE") return [];
  return [renames(`renames ${thing(node, "renameType")} to ${String(at(node, "newname"))}`)];
}

function thing(node: Node, key: string): string {
  const word = WORDS[String(at(node, key))] ?? "object";
  const object = at(node, "object");
  const parts = [listAt(object, "List", "items"), listAt(object, "ObjectWithArgs", "objname")];
  const named = parts.find((one) => one.length > 0);
  const name = relationOf(node) ?? (named === undefined ? wordAt(node, "subname") : nameOf(named));
  return `the ${word} ${name}`.trim();
}

function renames(says: string): Said {
  return takesAway(`${says}, while running code still uses the old name`);
}

function takesAway(says: string): Said {
  return {
    code: "LINT_TAKEN_AWAY",
    says,
    hint: "do it in a migration with: -- slipway: phase=contract, after no running code needs it",
  };
}

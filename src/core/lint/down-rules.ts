import type { Placed } from "./file-rules.ts";
import { at, listAt, nameOf, relationOf } from "./node.ts";
import type { LintStatement, LintText } from "./types.ts";

/** Tables and columns that a down drops though its up did not make them: what was there before is lost. */
export function downRules(text: LintText, up: LintText | undefined): readonly Placed[] {
  // An up that Postgres did not take says nothing about what it makes.
  if (text.direction === "up" || up === undefined || up.statements.length === 0) return [];
  const made = new Set(up.statements.flatMap(makes));
  return text.statements.flatMap((statement) => {
    const lost = drops(statement).filter((name) => !made.has(name) && !made.has(tableOf(name)));
    return lost.map((name) => ({
      line: statement.line,
      code: "LINT_DOWN_LOSES",
      says: `drops ${told(name)}, which its up did not make: what was there before it is lost`,
      hint: "undo only what the up does, or waive this with a plan for restoring",
    }));
  });
}

/** `table public.a`, `column public.a b`: what a statement makes or names anew. */
function makes({ kind, node }: LintStatement): readonly string[] {
  const table = relationOf(node);
  if (kind === "CreateStmt") return [`table ${table}`];
  if (kind === "CreateTableAsStmt") return [`table ${relationOf({ relation: at(node, "into", "rel") })}`];
  if (kind === "RenameStmt")
    return renamed(String(at(node, "renameType")), String(at(node, "newname")), table);
  if (kind === "AlterObjectSchemaStmt") {
    return [`table ${String(at(node, "newschema"))}.${table?.split(".")[1] ?? ""}`];
  }
  if (kind !== "AlterTableStmt") return [];
  return listAt(node, "cmds")
    .filter(({ subtype }) => subtype === "AT_AddColumn")
    .map((command) => `column ${table} ${String(at(command, "def", "ColumnDef", "colname"))}`);
}

function renamed(what: string, name: string, table: string | null): readonly string[] {
  if (what === "OBJECT_COLUMN") return [`column ${table} ${name}`];
  return what === "OBJECT_TABLE" ? [`table ${table?.split(".")[0] ?? "public"}.${name}`] : [];
}

function drops({ kind, node }: LintStatement): readonly string[] {
  if (kind === "DropStmt" && at(node, "removeType") === "OBJECT_TABLE") {
    return listAt(node, "objects").map((object) => `table ${nameOf(listAt(object, "items"))}`);
  }
  if (kind !== "AlterTableStmt") return [];
  return listAt(node, "cmds")
    .filter(({ subtype }) => subtype === "AT_DropColumn")
    .map(({ name }) => `column ${relationOf(node)} ${String(name)}`);
}

/** Of a column the table, which goes with all its columns. */
function tableOf(name: string): string {
  return name.replace(/^column (\S+) .*$/, "table $1");
}

function told(name: string): string {
  return name.replace(/^column (\S+) (.*)$/, "the column $2 of $1").replace(/^table/, "the table");
}

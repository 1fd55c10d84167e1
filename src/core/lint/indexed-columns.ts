import { at, listAt, relationOf } from "./node.ts";
import type { LintStatement, Node } from "./types.ts";

/** `schema.table column` of each column with which an index of some migration begins, keys and unique columns among them. */
export function indexedColumns(statements: readonly LintStatement[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap(({ kind, node }) => {
      const table = relationOf(node);
      return firstColumns(kind, node).map((column) => `${table} ${column}`);
    }),
  );
}

function firstColumns(kind: string, node: Node): readonly string[] {
  if (kind === "IndexStmt") {
    const [first] = listAt(node, "indexParams");
    // An index of some rows does not help to find the others.
    return at(node, "whereClause") === undefined && typeof first?.["name"] === "string"
      ? [first["name"]]
      : [];
  }
  if (kind === "CreateStmt") return listAt(node, "tableElts").flatMap(keyed);
  if (kind !== "AlterTableStmt") return [];
  return listAt(node, "cmds").flatMap((command) =>
    listAt({ def: [at(command, "def")] }, "def").flatMap(keyed),
  );
}

/** Of a column with a key of its own the column, of a constraint its first one. */
function keyed(element: Node): readonly string[] {
  const column = element["colname"];
  const constraints = typeof column === "string" ? listAt(element, "constraints") : [element];
  return constraints
    .filter(({ contype }) => contype === "CONSTR_PRIMARY" || contype === "CONSTR_UNIQUE")
    .map((constraint) =>
      String(typeof column === "string" ? column : listAt(constraint, "keys")[0]?.["sval"]),
    );
}

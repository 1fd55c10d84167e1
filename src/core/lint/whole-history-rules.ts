import type { Placed } from "./file-rules.ts";
import { indexedColumns } from "./indexed-columns.ts";
import { at, listAt, relationOf } from "./node.ts";
import type { LintStatement, LintText, Node } from "./types.ts";

/** What only all migrations together show: foreign keys without an index, policies of tables without row-level security. */
export function wholeHistoryRules(texts: readonly LintText[]): ReadonlyMap<LintText, readonly Placed[]> {
  const ups = texts.filter(({ direction }) => direction === "up");
  const all = ups.flatMap(({ statements }) => statements);
  const indexed = indexedColumns(all);
  const secured = new Set(all.filter(isEnabling).map(({ node }) => relationOf(node)));
  const made = new Set(all.filter(({ kind }) => kind === "CreateStmt").map(({ node }) => relationOf(node)));
  const said = ({ line, kind, node }: LintStatement): readonly Placed[] => {
    const table = relationOf(node);
    if (table === null) return [];
    if (kind === "CreatePolicyStmt" && made.has(table) && !secured.has(table))
      return [idle(line, node, table)];
    const bare = foreignKeys(kind, node).filter((columns) =>
      columns.every((one) => !indexed.has(`${table} ${one}`)),
    );
    return bare.map((columns) => noIndex(line, table, columns));
  };
  return new Map(ups.map((text) => [text, text.statements.flatMap(said)]));
}

function isEnabling({ kind, node }: LintStatement): boolean {
  const commands = kind === "AlterTableStmt" ? listAt(node, "cmds") : [];
  return commands.some(({ subtype }) => subtype === "AT_EnableRowSecurity");
}

/** The columns of each foreign key that a statement makes. */
function foreignKeys(kind: string, node: Node): readonly (readonly string[])[] {
  if (kind === "CreateStmt") return listAt(node, "tableElts").flatMap(keysOf);
  if (kind !== "AlterTableStmt") return [];
  return listAt(node, "cmds").flatMap((command) =>
    listAt({ def: [at(command, "def")] }, "def").flatMap(keysOf),
  );
}

function keysOf(element: Node): readonly (readonly string[])[] {
  const column = element["colname"];
  const isForeign = ({ contype }: Node) => contype === "CONSTR_FOREIGN";
  if (typeof column === "string") return listAt(element, "constraints").some(isForeign) ? [[column]] : [];
  return isForeign(element) ? [listAt(element, "fk_attrs").map(({ sval }) => String(sval))] : [];
}

function noIndex(line: number, table: string, columns: readonly string[]): Placed {
  return {
    line,
    code: "LINT_FOREIGN_KEY_UNINDEXED",
    says: `${table} has a foreign key (${columns.join(", ")}) without an index: each delete of what it names reads the whole table`,
    hint: `create index on ${table} (${columns.join(", ")})`,
    severity: "warning",
    relation: table,
  };
}

function idle(line: number, node: Node, table: string): Placed {
  return {
    line,
    code: "LINT_POLICY_IDLE",
    says: `the policy ${String(at(node, "policy_name"))} does nothing: no migration switches row-level security of ${table} on`,
    hint: `alter table ${table} enable row level security; alter table ${table} force row level security`,
    relation: table,
  };
}

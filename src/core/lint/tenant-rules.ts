import type { Placed } from "./file-rules.ts";
import { indexedColumns } from "./indexed-columns.ts";
import { at, listAt, namesOf, relationOf } from "./node.ts";
import type { LintSettings, LintStatement, LintText } from "./types.ts";

type Filed = Placed & { readonly file: string };

/** Tables of tenants that no policy protects when all migrations have run, and views that pass their policies. */
export function tenantRules(texts: readonly LintText[], { tenantColumns }: LintSettings): readonly Filed[] {
  if (tenantColumns.length === 0) return [];
  const ups = texts.filter(({ direction }) => direction === "up");
  const all = ups.flatMap(({ file, statements }) => statements.map((statement) => ({ file, statement })));
  const guarded = new Set(all.flatMap(({ statement }) => guards(statement)));
  const tables = new Map(all.flatMap(({ statement }) => tenantTable(statement, tenantColumns) ?? []));
  const indexed = indexedColumns(all.map(({ statement }) => statement));
  return all.flatMap(({ file, statement }) => {
    const [name, column = ""] = tenantTable(statement, tenantColumns)?.[0] ?? [];
    if (name === undefined) {
      return [...viewRule(file, statement, tables), ...policyRule(file, statement, tables)];
    }
    const missing = (["row-level security", "FORCE", "a policy"] as const).filter(
      (what) => !guarded.has(`${what} ${name}`),
    );
    if (missing.length === 0)
      return indexed.has(`${name} ${column}`) ? [] : [noIndex(file, statement, name, column)];
    return [
      {
        file,
        line: statement.line,
        code: "LINT_TENANT_TABLE_OPEN",
        says: `makes the tenants' table ${name}, and no migration gives it ${missing.join(" and ")}`,
        hint: `alter table ${name} enable row level security; alter table ${name} force row level security; create policy …`,
        relation: name,
      },
    ];
  });
}

/** A tenants' table that a statement makes, and its tenant's column. */
function tenantTable(
  { kind, node }: LintStatement,
  columns: readonly string[],
): readonly (readonly [name: string, column: string])[] | undefined {
  const name = relationOf(node);
  if (kind !== "CreateStmt" || name === null) return undefined;
  const column = listAt(node, "tableElts").find(({ colname }) => columns.includes(String(colname)));
  return column === undefined ? undefined : [[name, String(column["colname"])]];
}

/** Policies compare the tenant's column in every query. */
function noIndex(file: string, { line }: LintStatement, name: string, column: string): Filed {
  return {
    file,
    line,
    code: "LINT_TENANT_COLUMN_UNINDEXED",
    says: `makes the tenants' table ${name}, and no index begins with ${column}, by which its policies look for rows`,
    hint: `create index on ${name} (${column}, …)`,
    severity: "warning",
    relation: name,
  };
}

/** A permissive policy lets pass whatever any other one of the table would not. */
function policyRule(
  file: string,
  { kind, node, line }: LintStatement,
  tables: ReadonlyMap<string, string>,
): readonly Filed[] {
  const name = relationOf(node);
  const column = name === null ? undefined : tables.get(name);
  if (kind !== "CreatePolicyStmt" || column === undefined || at(node, "permissive") !== true) return [];
  const parts = ["qual", "with_check"].map((part) => at(node, part)).filter((part) => part !== undefined);
  const isOpen = (part: unknown) => at(part, "A_Const", "boolval", "boolval") === true;
  if (parts.every((part) => isOpen(part) || mentions(part, column))) return [];
  return [
    {
      file,
      line,
      code: "LINT_POLICY_WITHOUT_TENANT",
      says: `the policy ${String(at(node, "policy_name"))} of ${name} does not look at ${column}, and lets pass what others would not`,
      hint: "compare the tenant's column in it, or make it restrictive: create policy … as restrictive",
      relation: name,
    },
  ];
}

function mentions(node: unknown, column: string): boolean {
  if (Array.isArray(node)) return node.some((one) => mentions(one, column));
  if (typeof node !== "object" || node === null) return false;
  if (listAt(node, "ColumnRef", "fields").at(-1)?.["sval"] === column) return true;
  return Object.values(node).some((one) => mentions(one, column));
}

function guards({ kind, node }: LintStatement): string[] {
  const name = relationOf(node);
  if (kind === "CreatePolicyStmt") return [`a policy ${name}`];
  if (kind !== "AlterTableStmt") return [];
  return listAt(node, "cmds").flatMap(({ subtype }) => {
    if (subtype === "AT_EnableRowSecurity") return [`row-level security ${name}`];
    return subtype === "AT_ForceRowSecurity" ? [`FORCE ${name}`] : [];
  });
}

function viewRule(
  file: string,
  { kind, node, line }: LintStatement,
  tables: ReadonlyMap<string, string>,
): readonly Filed[] {
  const isKept = kind === "CreateTableAsStmt" && at(node, "objtype") === "OBJECT_MATVIEW";
  const invokes = listAt(node, "options").some(({ defname }) => defname === "security_invoker");
  if ((kind !== "ViewStmt" || invokes) && !(isKept && namesOf(node).some((name) => tables.has(name))))
    return [];
  const name = isKept ? relationOf({ relation: at(node, "into", "rel") }) : relationOf(node);
  return [
    {
      file,
      line,
      code: "LINT_VIEW_PASSES_POLICIES",
      says: isKept
        ? `the materialized view ${name ?? ""} keeps rows of tenants, and no policy can hold for it`
        : `the view ${name ?? ""} reads as its owner and passes the policies of whoever asks`,
      hint: isKept ? "keep them in a table with a policy" : "create view … with (security_invoker = true)",
    },
  ];
}

import { at, listAt, relationOf } from "./node.ts";
import type { Said } from "./security-rules.ts";
import type { LintSettings, LintStatement, LintText } from "./types.ts";

export type Placed = Said & { readonly line: number };

/** What only a whole file shows. */
export function fileRules(text: LintText): readonly Placed[] {
  return [...emptyDown(text), ...enumValues(text), ...phase(text)];
}

function emptyDown({ direction, statements, migration }: LintText): Placed[] {
  if (direction === "up" || migration.irreversible) return [];
  if (statements.some(({ kind }) => kind !== "SelectStmt")) return [];
  return [
    {
      line: statements[0]?.line ?? 1,
      code: "LINT_DOWN_DOES_NOTHING",
      says: "only selects, and undoes nothing",
      hint: "write the statements that undo the up, or waive a missing down with a plan for restoring",
    },
  ];
}

/** Postgres answers 55P04: a new value can be used only after the transaction that added it. */
function enumValues({ statements, migration, direction }: LintText): Placed[] {
  if (!migration[direction].header.inTransaction) return [];
  return statements.flatMap((statement, index) => {
    const value = statement.kind === "AlterEnumStmt" ? at(statement.node, "newVal") : undefined;
    if (typeof value !== "string" || at(statement.node, "oldVal") !== undefined) return [];
    const used = statements.slice(index + 1).find(({ text }) => text.includes(`'${value}'`));
    if (used === undefined) return [];
    return [
      {
        line: used.line,
        code: "LINT_ENUM_VALUE_USED",
        says: `uses the value '${value}' in the transaction that adds it, which Postgres refuses`,
        hint: "use it in the next migration",
      },
    ];
  });
}

function phase({ migration, direction }: LintText): Placed[] {
  const { phase: which, contracts } = migration.up.header;
  if (direction === "down" || which !== "contract" || contracts !== undefined) return [];
  return [
    {
      line: 1,
      code: "LINT_CONTRACT_WITHOUT_EXPAND",
      says: "contracts and does not say what expanded before",
      hint: "write: -- slipway: phase=contract, contracts=<id of the migration that expanded>",
    },
  ];
}

/** Tables of tenants that no policy protects when all migrations have run, and views that pass their policies. */
export function tenantRules(
  texts: readonly LintText[],
  { tenantColumns }: LintSettings,
): readonly (Placed & { readonly file: string })[] {
  if (tenantColumns.length === 0) return [];
  const ups = texts.filter(({ direction }) => direction === "up");
  const all = ups.flatMap(({ file, statements }) => statements.map((statement) => ({ file, statement })));
  const guarded = new Set(all.flatMap(({ statement }) => guards(statement)));
  return all.flatMap(({ file, statement }) => {
    const name = tenantTable(statement, tenantColumns);
    if (name === undefined) return viewRule(file, statement);
    const missing = (["row-level security", "FORCE", "a policy"] as const).filter(
      (what) => !guarded.has(`${what} ${name}`),
    );
    if (missing.length === 0) return [];
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

function tenantTable({ kind, node }: LintStatement, columns: readonly string[]): string | undefined {
  if (kind !== "CreateStmt") return undefined;
  const has = listAt(node, "tableElts").some(({ colname }) => columns.includes(String(colname)));
  return has ? (relationOf(node) ?? undefined) : undefined;
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

function viewRule(file: string, { kind, node, line }: LintStatement): (Placed & { readonly file: string })[] {
  const invokes = listAt(node, "options").some(({ defname }) => defname === "security_invoker");
  if (kind !== "ViewStmt" || invokes) return [];
  return [
    {
      file,
      line,
      code: "LINT_VIEW_PASSES_POLICIES",
      says: `the view ${relationOf(node) ?? ""} reads as its owner and passes the policies of whoever asks`,
      hint: "create view … with (security_invoker = true)",
    },
  ];
}

import { at, listAt, nameOf, namesOf, relationOf, wordAt } from "./node.ts";
import { rowSecuritySetting } from "./session-rules.ts";
import type { Placed } from "./file-rules.ts";
import type { LintStatement, LintText } from "./types.ts";

interface Guard {
  readonly enabled: boolean;
  readonly forced: boolean;
}

const OPEN: Guard = { enabled: false, forced: false };

/** What touches rows, and how that reads. */
const TOUCHES: Readonly<Record<string, string>> = {
  InsertStmt: "inserts into",
  UpdateStmt: "updates",
  DeleteStmt: "deletes from",
  MergeStmt: "merges into",
  CopyStmt: "copies",
  SelectStmt: "reads",
  CreateTableAsStmt: "reads",
};

/**
 * Statements on tables that are under FORCE ROW LEVEL SECURITY when they run: migrations run as the owner and with
 * `row_security=off`, so Postgres refuses them (42501) where it would else let them find no row. Follows the history,
 * because the file itself does not show it; what a DO block does is found by its words.
 */
export function forcedTableRules(texts: readonly LintText[]): ReadonlyMap<LintText, readonly Placed[]> {
  const guards = new Map<string, Guard>();
  return new Map(
    texts.map((text) => {
      const here = text.direction === "up" ? guards : new Map(guards);
      const before = new Map(guards);
      const said = text.statements.flatMap((statement, index) => {
        const found = isFiltered(text, index) ? [] : refused(statement, here);
        follow(statement, here);
        return found;
      });
      return [text, text.direction === "up" ? [...said, ...notPutBack(text, before, here)] : said] as const;
    }),
  );
}

function isFiltered({ statements }: LintText, index: number): boolean {
  return (
    statements
      .slice(0, index)
      .map(rowSecuritySetting)
      .findLast((one) => one !== undefined) === true
  );
}

function refused(statement: LintStatement, guards: ReadonlyMap<string, Guard>): readonly Placed[] {
  const forced = touched(statement).filter(([name]) => {
    const { enabled, forced } = guards.get(name) ?? OPEN;
    return enabled && forced;
  });
  return forced.map(([name, verb]) => ({
    line: statement.line,
    code: "LINT_FORCED_TABLE",
    says: `${verb} ${name}, which is under FORCE ROW LEVEL SECURITY: its owner would find no row there, and is refused`,
    hint: `lift it for these statements: alter table ${name} no force row level security; …; alter table ${name} force row level security`,
    relation: name,
  }));
}

function touched({ kind, node, text }: LintStatement): readonly (readonly [name: string, verb: string])[] {
  if (kind === "DoStmt") {
    return [...text.matchAll(DML)].map(([, verb = "", name = ""]) => [
      name.includes(".") ? name.toLowerCase() : `public.${name.toLowerCase()}`,
      `has a block that does ${verb.toUpperCase().replaceAll(/\s+/g, " ")}`,
    ]);
  }
  const verb = TOUCHES[kind];
  if (verb === undefined || at(node, "into", "skipData") === true) return [];
  const target = relationOf(node);
  const names = new Set([...(target === null ? [] : [target]), ...namesOf(node)]);
  return [...names].map((name) => [name, name === target ? verb : "reads"]);
}

const DML = /\b(update|delete\s+from|insert\s+into|merge\s+into)\s+(?:only\s+)?((?:\w+\.)?\w+)/gi;

function follow({ kind, node }: LintStatement, guards: Map<string, Guard>): void {
  const name = relationOf(node);
  if (kind === "DropStmt" && at(node, "removeType") === "OBJECT_TABLE") {
    for (const table of listAt(node, "objects")) guards.delete(nameOf(listAt(table, "items")));
  }
  if (name === null) return;
  const guard = guards.get(name) ?? OPEN;
  if (kind === "CreateStmt") guards.set(name, OPEN);
  if (kind === "AlterTableStmt") {
    guards.set(
      name,
      listAt(node, "cmds").reduce((so, { subtype }) => ({ ...so, ...CHANGES[String(subtype)] }), guard),
    );
  }
  const isTable = at(node, "renameType") === "OBJECT_TABLE" || at(node, "objectType") === "OBJECT_TABLE";
  if ((kind !== "RenameStmt" && kind !== "AlterObjectSchemaStmt") || !isTable) return;
  const [schema = "", table = ""] = name.split(".");
  guards.delete(name);
  guards.set(`${wordAt(node, "newschema") || schema}.${wordAt(node, "newname") || table}`, guard);
}

const CHANGES: Readonly<Record<string, Partial<Guard>>> = {
  AT_EnableRowSecurity: { enabled: true },
  AT_DisableRowSecurity: { enabled: false },
  AT_ForceRowSecurity: { forced: true },
  AT_NoForceRowSecurity: { forced: false },
};

/** FORCE that a migration lifts for itself and leaves lifted. */
function notPutBack(
  { statements }: LintText,
  before: ReadonlyMap<string, Guard>,
  after: ReadonlyMap<string, Guard>,
): readonly Placed[] {
  return statements.flatMap(({ kind, node, line }) => {
    const name = relationOf(node);
    const lifts = listAt(node, "cmds").some(({ subtype }) => subtype === "AT_NoForceRowSecurity");
    if (kind !== "AlterTableStmt" || name === null || !lifts) return [];
    if (before.get(name)?.forced !== true || after.get(name)?.forced !== false) return [];
    return [
      {
        line,
        code: "LINT_FORCE_NOT_PUT_BACK",
        says: `lifts FORCE ROW LEVEL SECURITY of ${name} and does not put it back`,
        hint: `end the migration with: alter table ${name} force row level security`,
        relation: name,
      },
    ];
  });
}

import type { IsDeclared } from "../../core/data-check/compare-data.ts";
import type { Migration } from "../../core/migration/types.ts";
import { parseSql } from "./parse-sql.ts";

interface NamedInText {
  readonly action: "adds-unvalidated" | "validates";
  readonly table: string;
  /** `undefined`: the server makes up its name. */
  readonly constraint: string | undefined;
}

/**
 * Which constraints may be unvalidated after a run: those of a migration that ran and declares phase=expand, those that
 * a migration validates which is still to run, and those that a down brought back.
 */
export async function declaredHalves(
  migrations: readonly Migration[],
  before: readonly string[],
  after: readonly string[],
): Promise<IsDeclared> {
  const [old, now] = [new Set(before), new Set(after)];
  const declared: NamedInText[] = [];
  const take = async (sql: string, action: NamedInText["action"]): Promise<void> => {
    declared.push(...(await constraintsOf(sql)).filter((one) => one.action === action));
  };
  for (const { id, up, down } of migrations) {
    if (!now.has(id)) await take(up.sql, "validates");
    else if (!old.has(id) && up.header.phase === "expand") await take(up.sql, "adds-unvalidated");
    if (old.has(id) && !now.has(id)) await take(down.sql, "adds-unvalidated");
  }
  return ({ table, constraint }) =>
    declared.some((one) =>
      one.constraint === undefined ? one.table === lastName(table) : one.constraint === lastName(constraint),
    );
}

interface AlterTableNode {
  readonly relation?: { readonly relname?: string };
  readonly cmds?: readonly {
    readonly AlterTableCmd?: {
      readonly subtype?: string;
      readonly name?: string;
      readonly def?: {
        readonly Constraint?: { readonly conname?: string; readonly skip_validation?: boolean };
      };
    };
  }[];
}

async function constraintsOf(sql: string): Promise<readonly NamedInText[]> {
  const parsed = await parseSql(sql);
  if (parsed.kind === "refused") return [];
  return parsed.statements.flatMap(({ kind, node }) => {
    if (kind !== "AlterTableStmt") return [];
    const { relation, cmds = [] } = node as AlterTableNode;
    const table = relation?.relname ?? "";
    return cmds.flatMap(({ AlterTableCmd: command }): NamedInText[] => {
      if (command?.subtype === "AT_ValidateConstraint") {
        return [{ action: "validates", table, constraint: command.name }];
      }
      const added = command?.def?.Constraint;
      if (command?.subtype !== "AT_AddConstraint" || added?.skip_validation !== true) return [];
      return [{ action: "adds-unvalidated", table, constraint: added.conname }];
    });
  });
}

/** The last part of a name that the server has quoted where it had to. */
function lastName(quoted: string): string {
  const [, inQuotes, plain] = /(?:"((?:[^"]|"")*)"|([^".]+))$/.exec(quoted) ?? [];
  return inQuotes?.replaceAll('""', '"') ?? plain ?? "";
}

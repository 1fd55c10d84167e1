import { at, listAt, relationOf } from "./node.ts";
import type { Said } from "./security-rules.ts";
import type { LintStatement, Node } from "./types.ts";

/** What a statement does to rows, or to whoever works with them meanwhile. */
export function dataRules({ kind, node, text }: LintStatement): readonly Said[] {
  switch (kind) {
    case "UpdateStmt":
    case "DeleteStmt":
      return at(node, "whereClause") === undefined ? [noWhere(kind, node)] : [large(kind, relationOf(node))];
    case "InsertStmt": {
      const [source] = listAt(node, "selectStmt", "SelectStmt", "fromClause");
      return source === undefined ? [] : [large(kind, relationOf({ relation: source }))];
    }
    case "TruncateStmt":
      return [
        {
          code: "LINT_TRUNCATE",
          says: "deletes all rows of a table",
          hint: "delete what is to go with a WHERE, or waive this with a plan for restoring",
        },
      ];
    case "DropStmt":
      return at(node, "behavior") === "DROP_CASCADE" ? [cascade()] : [];
    case "LockStmt":
      return [
        rewrites(
          "locks tables by hand until the migration ends",
          "let the statements take their own locks",
          null,
        ),
      ];
    case "VacuumStmt":
      return listAt(node, "options").some(({ defname }) => defname === "full")
        ? [rewritesTable("VACUUM FULL", null)]
        : [];
    case "ClusterStmt":
      return [rewritesTable("CLUSTER", relationOf(node))];
    case "RefreshMatViewStmt":
      return at(node, "concurrent") === true ? [] : [refresh(node)];
    case "AlterTableStmt":
      return listAt(node, "cmds").flatMap((command) => moved(command, relationOf(node)));
    case "DoStmt":
      return /\bexecute\b/i.test(text) ? [dynamic()] : [];
    default:
      return [];
  }
}

function noWhere(kind: string, node: Node): Said {
  const verb = kind === "UpdateStmt" ? "changes" : "deletes";
  return {
    code: "LINT_NO_WHERE",
    says: `${verb} every row of ${relationOf(node) ?? "a table"} in one statement`,
    hint: "say with WHERE which rows are meant, and work through a large table in parts",
    relation: relationOf(node),
  };
}

/** Said only of a table that statistics know to be large. */
function large(kind: string, relation: string | null): Said {
  const verb = kind === "InsertStmt" ? "reads" : kind === "UpdateStmt" ? "changes" : "deletes";
  return {
    code: "LINT_BACKFILL_LARGE",
    says: `${verb} rows of ${relation ?? "a table"} in one transaction, whose locks are held until all is done`,
    hint: "work through them in parts, outside of a deployment, or say that they are few: -- slipway: expect-rows=0..10000",
    severity: "warning",
    relation,
  };
}

function cascade(): Said {
  return {
    code: "LINT_DROP_CASCADE",
    says: "drops with CASCADE whatever depends on it, on each database something else",
    hint: "drop by name what is to go",
  };
}

const REWRITING: Readonly<Record<string, string>> = {
  AT_SetTableSpace: "SET TABLESPACE",
  AT_SetLogged: "SET LOGGED",
  AT_SetUnLogged: "SET UNLOGGED",
};

function moved(command: Node, relation: string | null): Said[] {
  const subtype = String(at(command, "subtype"));
  if (subtype === "AT_AttachPartition") return [attaches(at(command, "def", "PartitionCmd"))];
  const type = listAt(command, "def", "ColumnDef", "typeName", "names").at(-1)?.["sval"];
  const isSerial = subtype === "AT_AddColumn" && /^(small|big)?serial\d?$/.test(String(type));
  const verb = isSerial ? `ADD COLUMN … ${String(type)}` : REWRITING[subtype];
  return verb === undefined ? [] : [rewritesTable(verb, relation)];
}

function attaches(partition: unknown): Said {
  const relation = relationOf({ relation: at(partition, "name") });
  return rewrites(
    `ATTACH PARTITION reads the whole of ${relation ?? "the partition"} while nobody can use it`,
    "give it a CHECK of the same bounds first, NOT VALID and then validated; then nothing is read",
    relation,
  );
}

function rewritesTable(verb: string, relation: string | null): Said {
  const says = `${verb} writes the whole table anew while nobody can use it`;
  return rewrites(says, "do it outside of a migration, with a tool that does not block", relation);
}

function rewrites(says: string, hint: string, relation: string | null): Said {
  return { code: "LINT_BLOCKS_TABLE", says, hint, relation };
}

function refresh(node: Node): Said {
  return {
    code: "LINT_BLOCKS_TABLE",
    says: `nobody can read ${relationOf(node) ?? "the view"} while it is refreshed`,
    hint: "refresh materialized view concurrently, which needs a unique index",
    relation: relationOf(node),
  };
}

function dynamic(): Said {
  return {
    code: "LINT_DYNAMIC_SQL",
    says: "builds SQL while it runs, which nothing can look at before",
    hint: "write the statements out",
    severity: "warning",
  };
}

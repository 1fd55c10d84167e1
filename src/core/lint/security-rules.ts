import { at, listAt, relationOf } from "./node.ts";
import type { LintStatement, Node } from "./types.ts";

/** What a rule says of a statement. Its place is known to the caller. */
export interface Said {
  readonly code: string;
  readonly says: string;
  readonly hint: string;
  /** Left out: an error. */
  readonly severity?: "error" | "warning";
  readonly relation?: string | null;
}

const TENANTS = "a table of tenants without it shows each of them the rows of all";

/** What a statement does to who may see or change what. */
export function securityRules(statement: LintStatement): readonly Said[] {
  const { kind, node } = statement;
  switch (kind) {
    case "AlterTableStmt":
      return listAt(node, "cmds").flatMap((command) => alterTable(command, relationOf(node)));
    case "DropStmt":
      return dropped(node);
    case "AlterPolicyStmt":
      return policy({ permissive: true, ...node });
    case "CreatePolicyStmt":
      return policy(node);
    case "AlterRoleStmt":
    case "CreateRoleStmt":
      return role(node);
    case "CreateFunctionStmt":
    case "AlterFunctionStmt":
      return definer(node);
    case "GrantStmt":
      return grant(node);
    case "AlterOwnerStmt":
      return [ownerChanged(at(node, "newowner"))];
    default:
      return [];
  }
}

function alterTable(command: Node, relation: string | null): Said[] {
  const table = relation ?? "a table";
  switch (at(command, "subtype")) {
    case "AT_DisableRowSecurity":
      return [
        {
          code: "LINT_ROW_SECURITY_OFF",
          says: `switches row-level security off for ${table}`,
          hint: `leave it on; ${TENANTS}`,
          relation,
        },
      ];
    case "AT_NoForceRowSecurity":
      return [
        {
          code: "LINT_ROW_SECURITY_NOT_FORCED",
          says: `lets the owner of ${table} pass its row-level security`,
          hint: "keep FORCE ROW LEVEL SECURITY, or let no application connect as the owner",
          relation,
        },
      ];
    case "AT_ChangeOwner":
      return [ownerChanged(at(command, "newowner"))];
    case "AT_DisableTrig":
    case "AT_DisableTrigAll":
    case "AT_DisableTrigUser":
      return [
        {
          code: "LINT_TRIGGER_DISABLED",
          says: `switches triggers of ${table} off, those that audit and check among them`,
          hint: "leave them on; a backfill that must not be audited needs a waiver",
          relation,
        },
      ];
    default:
      return [];
  }
}

function dropped(node: Node): Said[] {
  if (at(node, "removeType") === "OBJECT_POLICY") return [policyDropped(node)];
  if (at(node, "removeType") !== "OBJECT_TRIGGER") return [];
  const parts = listAt(listAt(node, "objects")[0], "items").map(({ sval }) => String(sval));
  return [
    {
      code: "LINT_TRIGGER_DISABLED",
      says: `drops the trigger ${parts.at(-1) ?? ""} of ${parts.slice(0, -1).join(".")}, which may audit or check`,
      hint: "replace it with CREATE OR REPLACE TRIGGER; one that is to go needs a waiver",
    },
  ];
}

function policyDropped(node: Node): Said {
  const [name] = listAt(node, "objects");
  const parts = listAt(name, "items").map(({ sval }) => String(sval));
  return {
    code: "LINT_POLICY_DROPPED",
    says: `drops the policy ${parts.at(-1) ?? ""} of ${parts.slice(0, -1).join(".")}`,
    hint: "change it with ALTER POLICY; between a drop and a new one everything or nothing is seen",
  };
}

function policy(node: Node): Said[] {
  const isTrue = (part: string) => at(node, part, "A_Const", "boolval", "boolval") === true;
  const open = ["qual", "with_check"].filter(isTrue);
  if (open.length === 0 || at(node, "permissive") !== true) return [];
  return [
    {
      code: "LINT_POLICY_ALWAYS_TRUE",
      says: `the policy ${String(at(node, "policy_name"))} lets every row pass, and with it all other policies of the table`,
      hint: "compare the tenant's column, or make the policy restrictive",
      relation: relationOf(node),
    },
  ];
}

function role(node: Node): Said[] {
  const options = listAt(node, "options");
  const given = (name: string) =>
    options.some((one) => one["defname"] === name && at(one, "arg", "Boolean", "boolval") === true);
  const named = at(node, "role");
  const name = typeof named === "string" ? named : String(at(named, "rolename"));
  return (["bypassrls", "superuser"] as const).filter(given).map((right) => ({
    code: "LINT_BYPASSES_ROW_SECURITY",
    says: `makes ${name} a role with ${right.toUpperCase()}, for which no policy holds`,
    hint: "give no role of an application that right",
  }));
}

function definer(node: Node): Said[] {
  const options = [...listAt(node, "options"), ...listAt(node, "actions")];
  const isDefiner = options.some(
    (one) => one["defname"] === "security" && at(one, "arg", "Boolean", "boolval") === true,
  );
  const isPinned = options.some(
    (one) => one["defname"] === "set" && at(one, "arg", "VariableSetStmt", "name") === "search_path",
  );
  if (!isDefiner || isPinned) return [];
  return [
    {
      code: "LINT_DEFINER_WITHOUT_PATH",
      says: "makes a SECURITY DEFINER function whose search path its caller chooses",
      hint: "add: set search_path = pg_catalog, public, pg_temp",
    },
  ];
}

function grant(node: Node): Said[] {
  const isPublic = listAt(node, "grantees").some(({ roletype }) => roletype === "ROLESPEC_PUBLIC");
  if (at(node, "is_grant") !== true || !isPublic) return [];
  const all = at(node, "privileges") === undefined;
  return [
    {
      code: "LINT_GRANT_TO_PUBLIC",
      says: `grants ${all ? "everything" : "rights"} to every role there is and will be`,
      hint: "grant it to the roles that need it",
    },
  ];
}

function ownerChanged(owner: unknown): Said {
  const name = at(owner, "rolename");
  return {
    code: "LINT_OWNER_CHANGED",
    says: `makes ${typeof name === "string" ? name : "another role"} the owner, who may change policies and, without FORCE, passes them`,
    hint: "let the role that migrates own everything",
  };
}

import { at, listAt, relationOf, wordAt } from "./node.ts";
import type { Said } from "./security-rules.ts";
import type { LintStatement, LintText, Node } from "./types.ts";

/** What a statement changes about the session that runs the migration, or does outside of the database. */
export function sessionRules({ kind, node }: LintStatement, text: LintText): readonly Said[] {
  switch (kind) {
    case "VariableSetStmt": {
      const [value] = listAt(node, "args");
      const isSet = at(node, "kind") === "VAR_SET_VALUE";
      return isSet ? setting(String(at(node, "name")), textOf(value), text) : [];
    }
    case "SelectStmt":
      return listAt(node, "targetList").flatMap((target) => configured(target, text));
    case "CopyStmt":
      return outside(node);
    default:
      return [];
  }
}

/** Whether a statement switches `row_security` on or off for what follows; `undefined`: neither. */
export function rowSecuritySetting({ kind, node }: LintStatement): boolean | undefined {
  const given =
    kind === "VariableSetStmt"
      ? { name: at(node, "name"), value: textOf(listAt(node, "args")[0]) }
      : listAt(node, "targetList")
          .map(configCall)
          .find((call) => call !== undefined);
  if (given?.name !== "row_security") return undefined;
  return isOn(given.value);
}

function configured(target: Node, text: LintText): readonly Said[] {
  const call = configCall(target);
  return call === undefined ? [] : setting(call.name, call.value, text);
}

function configCall(target: Node): { readonly name: string; readonly value: string } | undefined {
  const call = at(target, "val", "FuncCall");
  if (listAt(call, "funcname").at(-1)?.["sval"] !== "set_config") return undefined;
  const [name, value] = listAt(call, "args");
  return { name: textOf(name), value: textOf(value) };
}

const LIMITS = /^(lock_timeout|statement_timeout|idle_in_transaction_session_timeout|transaction_timeout)$/;

function setting(name: string, value: string, text: LintText): readonly Said[] {
  if (LIMITS.test(name) && /^0+(\.0*)?\s*[a-z]*$/.test(value)) return [limitLifted(name)];
  if (name === "session_replication_role" && value !== "origin") {
    return [
      {
        code: "LINT_TRIGGER_DISABLED",
        says: "switches all triggers off for what follows, those of foreign keys among them",
        hint: "leave them on; a backfill that must not be audited needs a waiver",
      },
    ];
  }
  if (
    name === "row_security" &&
    isOn(value) &&
    text.migration[text.direction].header.expectRows === undefined
  ) {
    return [
      {
        code: "LINT_ROWS_FILTERED",
        says: "lets row-level security hide rows from what follows, and nothing tells when it finds none",
        hint: "say how many rows each statement must change: -- slipway: expect-rows=1..",
      },
    ];
  }
  if (name === "role" || name === "session_authorization") {
    return [
      {
        code: "LINT_OTHER_ROLE",
        says: `runs what follows as ${value}, and what it makes belongs to that role`,
        hint: "let the role that migrates own everything",
        severity: "warning",
      },
    ];
  }
  return [];
}

function limitLifted(name: string): Said {
  return {
    code: "LINT_LIMIT_LIFTED",
    says: `takes ${name} away, and may then hold everybody up without an end`,
    hint:
      name === "statement_timeout"
        ? "say how long it may take: -- slipway: statement-timeout=900s"
        : "leave the limit; a migration that does not get its lock is tried again",
  };
}

function outside(node: Node): readonly Said[] {
  const file = at(node, "filename");
  if (typeof file !== "string") return [];
  const what = at(node, "is_program") === true ? "runs a program" : "works on a file";
  return [
    {
      code: "LINT_OUTSIDE_DATABASE",
      says: `${what} on the database's server, which is not there on another and which nothing undoes`,
      hint: "put the rows into the migration, or into a seed",
      relation: relationOf(node),
    },
  ];
}

function isOn(value: string): boolean {
  return /^(on|true|yes|1|t|y)$/i.test(value);
}

/** A constant as its text; zero is a node without a value. */
function textOf(node: Node | undefined): string {
  const number = at(node, "ival", "ival");
  if (typeof number === "number") return String(number);
  const text = wordAt(node, "sval", "sval") || wordAt(node, "fval", "fval");
  return text === "" && at(node, "ival") !== undefined ? "0" : text;
}

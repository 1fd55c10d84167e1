import type { RlsConfig } from "../config/database-types.ts";
import type { Problem } from "../errors.ts";
import type { ProbeKind, ProbeResult } from "./types.ts";

const LEAKS: Readonly<Record<ProbeKind, string>> = {
  select: "reads rows of another tenant",
  "no-tenant": "reads rows while no tenant is set",
  own: "",
  insert: "writes a row of another tenant",
  update: "changes rows of another tenant",
  delete: "deletes rows of another tenant",
  "update-all": "changes rows of other tenants when it names none",
  "delete-all": "deletes rows of other tenants when it names none",
  move: "gives its own row to another tenant",
  "switch-off": "can switch row-level security off",
  view: "reads rows of another tenant through it",
  function: "gets rows of another tenant from it",
};

/** What the probes tell: one problem for each object, role and kind of verdict. */
export function probeProblems(probes: readonly ProbeResult[], config: RlsConfig): Problem[] {
  const told = probes.filter(
    ({ verdict, as }) =>
      verdict === "leaked" || verdict === "unclear" || (verdict === "blind" && as === "app"),
  );
  const groups = Map.groupBy(told, ({ object, as, verdict }) => JSON.stringify([object, as, verdict]));
  return [...groups.values()].flatMap((group) => problemOf(group, config));
}

function problemOf(group: readonly ProbeResult[], config: RlsConfig): Problem[] {
  const [first] = group;
  if (first === undefined) return [];
  const { object: at, as, verdict } = first;
  const who = as === "app" ? config.appRole : "its owner";
  if (verdict === "blind") {
    return [
      {
        code: "RLS_BLIND",
        at,
        says: `${who} sees no row of its own tenant`,
        hint: "correct the policy, or give what else it asks for in database.rls.settings",
      },
    ];
  }
  if (verdict === "unclear") {
    const codes = [...new Set(group.map(({ code }) => code ?? "an error"))].join(", ");
    return [
      {
        code: "RLS_PROBE_UNCLEAR",
        at,
        says: `when ${who} ${list(group)}, the server refuses with ${codes} and not by a policy`,
        hint: "let the policy refuse it first, or list it in database.rls.exempt with the reason",
      },
    ];
  }
  return [
    {
      code: "RLS_LEAK",
      at,
      says: `${who} ${list(group)}`,
      hint: `compare ${config.tenantColumn} with current_setting('${config.tenantSetting}', true) in its policies; docs/row-level-security.md tells more`,
    },
  ];
}

function list(group: readonly ProbeResult[]): string {
  return group.map(({ kind }) => LEAKS[kind]).join(", ");
}

import type { RlsConfig } from "../config/database-types.ts";
import type { Problem } from "../errors.ts";
import { catalogProblem } from "./catalog-problem.ts";
import { judgeDefiner, judgeView } from "./judge-detours.ts";
import type { RlsCatalog, RoleFacts, TenantTable } from "./types.ts";

/** What the catalog alone tells: what is off, open to all, or passed around row-level security. */
export function judgeCatalog(catalog: RlsCatalog, config: RlsConfig): Problem[] {
  const { app, tables, views, definers } = catalog;
  if (!app.exists) {
    return [
      catalogProblem(
        "RLS_APP_ROLE_UNKNOWN",
        config.appRole,
        "is no role of this server",
        "make the role, or correct database.rls.appRole",
      ),
    ];
  }
  return [
    ...role(app),
    ...tables.flatMap((table) => ofTable(table, app, config)),
    ...views.flatMap(judgeView),
    ...definers.flatMap(judgeDefiner),
  ];
}

/** Whether a name of the config is this object: with its schema, or without one for `public`. */
export function isNamed(written: string, name: string): boolean {
  return written === name || `public.${written}` === name;
}

function role({ name, superuser, bypasses, mayBecome }: RoleFacts): Problem[] {
  const faults: Problem[] = [];
  if (superuser) {
    faults.push(
      catalogProblem(
        "RLS_APP_SUPERUSER",
        name,
        "is a superuser, whom no policy binds",
        `alter role ${name} nosuperuser`,
      ),
    );
  } else if (bypasses) {
    faults.push(
      catalogProblem(
        "RLS_APP_BYPASSES",
        name,
        "has BYPASSRLS, so no policy binds it",
        `alter role ${name} nobypassrls`,
      ),
    );
  }
  if (mayBecome.length > 0) {
    const others = mayBecome.join(", ");
    faults.push(
      catalogProblem(
        "RLS_APP_MAY_BECOME",
        name,
        `may become ${others}, whom policies do not bind or who can switch them off`,
        `revoke ${others} from ${name}`,
      ),
    );
  }
  return faults;
}

function ofTable(table: TenantTable, app: RoleFacts, config: RlsConfig): Problem[] {
  const { name, enabled, forced, policies } = table;
  const faults: Problem[] = [];
  const addProblem = (code: string, says: string, hint: string) =>
    faults.push(catalogProblem(code, name, says, hint));
  // Nobody reads a partition past its parent who has no right to it.
  const isReached = !table.isPartition || table.appPrivileges.length > 0;
  if (isReached && !enabled) {
    addProblem(
      "RLS_OFF",
      "holds rows of tenants and has no row-level security",
      `alter table ${name} enable row level security`,
    );
  }
  if (isReached && enabled && !forced) {
    addProblem("RLS_NOT_FORCED", "does not bind its owner", `alter table ${name} force row level security`);
  }
  if (isReached && enabled && policies.length === 0) {
    addProblem(
      "RLS_NO_POLICY",
      "has row-level security and no policy, so nobody sees a row",
      `create a policy on ${name}, or list it in database.rls.exempt with the reason`,
    );
  }
  for (const policy of policies.filter(({ permissive }) => permissive)) {
    const open = [policy.using, policy.check].filter((one) => one !== null);
    if (open.includes("true")) {
      addProblem(
        "RLS_POLICY_TRUE",
        `its policy ${policy.name} lets every row through`,
        `name the tenant in it: … = current_setting('${config.tenantSetting}', true)`,
      );
    }
  }
  if (table.ownerBypasses) {
    addProblem(
      "RLS_OWNER_BYPASSES",
      `belongs to ${table.owner}, whom no policy binds`,
      `alter table ${name} owner to a role without SUPERUSER and BYPASSRLS`,
    );
  }
  if (table.owner === app.name) {
    addProblem(
      "RLS_APP_OWNS",
      `belongs to ${app.name}, which can switch row-level security off`,
      newOwner(name),
    );
  }
  if (!app.superuser && table.owner !== app.name && table.appPrivileges.includes("TRUNCATE")) {
    addProblem(
      "RLS_APP_TRUNCATES",
      `${app.name} may truncate it, which empties it for every tenant`,
      `revoke truncate on ${name} from ${app.name}`,
    );
  }
  if (table.publicPrivileges.length > 0) {
    addProblem(
      "RLS_PUBLIC_GRANT",
      `every role may ${table.publicPrivileges.join(", ").toLowerCase()}`,
      `revoke all on ${name} from public`,
    );
  }
  return faults;
}

function newOwner(name: string): string {
  return `alter table ${name} owner to the role that migrates`;
}

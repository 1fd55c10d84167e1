import type { RlsConfig } from "../config/database-types.ts";
import type { Problem } from "../errors.ts";
import type { DefinerFacts, RlsCatalog, RoleFacts, TenantTable, ViewFacts } from "./types.ts";

type Fault = readonly [code: string, at: string, says: string, hint: string];

/** What the catalog alone tells: what is off, open to all, or passed around row-level security. */
export function judgeCatalog(catalog: RlsCatalog, config: RlsConfig): Problem[] {
  const { app, tables, views, definers } = catalog;
  if (!app.exists) {
    return problems([
      [
        "RLS_APP_ROLE_UNKNOWN",
        config.appRole,
        "is no role of this server",
        "make the role, or correct database.rls.appRole",
      ],
    ]);
  }
  const faults = [
    ...role(app),
    ...tables.flatMap((table) => ofTable(table, app, config)),
    ...views.flatMap(ofView),
    ...definers.flatMap(ofDefiner),
  ];
  return problems(faults);
}

/** Whether a name of the config is this object: with its schema, or without one for `public`. */
export function isNamed(written: string, name: string): boolean {
  return written === name || `public.${written}` === name;
}

function role({ name, superuser, bypasses, mayBecome }: RoleFacts): Fault[] {
  const faults: Fault[] = [];
  if (superuser) {
    faults.push([
      "RLS_APP_SUPERUSER",
      name,
      "is a superuser, whom no policy binds",
      `alter role ${name} nosuperuser`,
    ]);
  } else if (bypasses) {
    faults.push([
      "RLS_APP_BYPASSES",
      name,
      "has BYPASSRLS, so no policy binds it",
      `alter role ${name} nobypassrls`,
    ]);
  }
  if (mayBecome.length > 0) {
    const others = mayBecome.join(", ");
    faults.push([
      "RLS_APP_MAY_BECOME",
      name,
      `may become ${others}, whom policies do not bind or who can switch them off`,
      `revoke ${others} from ${name}`,
    ]);
  }
  return faults;
}

function ofTable(table: TenantTable, app: RoleFacts, config: RlsConfig): Fault[] {
  const { name, enabled, forced, policies } = table;
  const faults: Fault[] = [];
  const add = (code: string, says: string, hint: string) => faults.push([code, name, says, hint]);
  // Nobody reads a partition past its parent who has no right to it.
  const isReached = !table.isPartition || table.appPrivileges.length > 0;
  if (isReached && !enabled) {
    add(
      "RLS_OFF",
      "holds rows of tenants and has no row-level security",
      `alter table ${name} enable row level security`,
    );
  }
  if (isReached && enabled && !forced) {
    add("RLS_NOT_FORCED", "does not bind its owner", `alter table ${name} force row level security`);
  }
  if (isReached && enabled && policies.length === 0) {
    add(
      "RLS_NO_POLICY",
      "has row-level security and no policy, so nobody sees a row",
      `create a policy on ${name}, or list it in database.rls.exempt with the reason`,
    );
  }
  for (const policy of policies.filter(({ permissive }) => permissive)) {
    const open = [policy.using, policy.check].filter((one) => one !== null);
    if (open.includes("true")) {
      add(
        "RLS_POLICY_TRUE",
        `its policy ${policy.name} lets every row through`,
        `name the tenant in it: … = current_setting('${config.tenantSetting}', true)`,
      );
    }
  }
  if (table.ownerBypasses) {
    add(
      "RLS_OWNER_BYPASSES",
      `belongs to ${table.owner}, whom no policy binds`,
      `alter table ${name} owner to a role without SUPERUSER and BYPASSRLS`,
    );
  }
  if (table.owner === app.name) {
    add("RLS_APP_OWNS", `belongs to ${app.name}, which can switch row-level security off`, newOwner(name));
  }
  if (!app.superuser && table.owner !== app.name && table.appPrivileges.includes("TRUNCATE")) {
    add(
      "RLS_APP_TRUNCATES",
      `${app.name} may truncate it, which empties it for every tenant`,
      `revoke truncate on ${name} from ${app.name}`,
    );
  }
  if (table.publicPrivileges.length > 0) {
    add(
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

function ofView({ name, materialized, invoker, appReads, reads }: ViewFacts): Fault[] {
  const of = reads.join(", ");
  if (materialized) {
    if (!appReads) return [];
    return [
      [
        "RLS_MATERIALIZED_VIEW",
        name,
        `keeps rows of ${of} and cannot have policies`,
        "take the app's right to it away, or make it a view with security_invoker",
      ],
    ];
  }
  if (invoker) return [];
  return [
    [
      "RLS_VIEW_OF_OWNER",
      name,
      `reads ${of} with its owner's rights`,
      `alter view ${name} set (security_invoker = true)`,
    ],
  ];
}

function ofDefiner({ name, pathFixed, publicMay }: DefinerFacts): Fault[] {
  const faults: Fault[] = [];
  if (!pathFixed) {
    faults.push([
      "RLS_DEFINER_PATH",
      name,
      "runs with its owner's rights, and its caller chooses where it looks for tables",
      `alter function ${name} set search_path = pg_catalog, public, pg_temp`,
    ]);
  }
  if (publicMay) {
    faults.push([
      "RLS_DEFINER_PUBLIC",
      name,
      "runs with its owner's rights, and every role may call it",
      `revoke execute on function ${name} from public`,
    ]);
  }
  return faults;
}

function problems(faults: readonly Fault[]): Problem[] {
  return faults.map(([code, at, says, hint]) => ({ code, at, says, hint }));
}

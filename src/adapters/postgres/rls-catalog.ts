import type { Client } from "pg";
import type { RlsConfig } from "../../core/config/database-types.ts";
import { isNamed } from "../../core/rls/judge-catalog.ts";
import type { DefinerFacts, RlsCatalog, RoleFacts, TenantTable, ViewFacts } from "../../core/rls/types.ts";

const OWN = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'slipway_migrations', 'slipway_ledger')`;

/** Reads what the catalog knows about row-level security, leaving out what is exempt. */
export async function readRlsCatalog(client: Client, config: RlsConfig): Promise<RlsCatalog> {
  const { rows: known } = await client.query("select from pg_roles where rolname = $1", [config.appRole]);
  if (known.length === 0) {
    const app = { name: config.appRole, exists: false, superuser: false, bypasses: false, mayBecome: [] };
    return { app, tables: [], views: [], definers: [] };
  }
  const isJudged = ({ name }: { readonly name: string }) =>
    !Object.keys(config.exempt).some((written) => isNamed(written, name));
  const tables = (await readTables(client, config)).filter(isJudged);
  const views = await readViews(client, config, new Set(tables.map(({ name }) => name)));
  return {
    app: await readRole(client, config, tables),
    tables,
    views: views.filter(isJudged),
    definers: (await readDefiners(client, config)).filter(isJudged),
  };
}

async function readTables(
  client: Client,
  { appRole, tenantColumn, tables }: RlsConfig,
): Promise<TenantTable[]> {
  const names = Object.keys(tables);
  const { rows } = await client.query<TenantTable>(
    `with named as (select w, c from unnest($3::text[], $4::text[]) as x (w, c)),
     found as (
       select t.*, quote_ident(n.nspname) || '.' || quote_ident(t.relname) as name
       from pg_class t join pg_namespace n on n.oid = t.relnamespace
       where t.relkind in ('r', 'p') and ${OWN}
     )
     select t.name, a.attname as "tenantColumn", quote_ident(o.rolname) as owner,
       o.rolsuper or o.rolbypassrls as "ownerBypasses", t.relrowsecurity as enabled,
       t.relforcerowsecurity as forced, t.relispartition as "isPartition",
       coalesce((
         select json_agg(json_build_object(
           'name', p.polname, 'permissive', p.polpermissive,
           'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                                    when 'd' then 'delete' else 'all' end,
           'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
           'binds', exists (select from unnest(p.polroles) r where r = 0
                            or pg_has_role($1::name, r, 'usage') or pg_has_role(o.oid, r, 'usage'))
         ) order by p.polname) from pg_policy p where p.polrelid = t.oid
       ), '[]') as policies,
       array(select priv from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) priv
             where has_table_privilege($1::name, t.oid, priv)) as "appPrivileges",
       array(select distinct privilege_type from aclexplode(t.relacl) where grantee = 0 order by 1) as "publicPrivileges"
     from found t join pg_roles o on o.oid = t.relowner
     left join named on named.w = t.name or 'public.' || named.w = t.name
     join pg_attribute a on a.attrelid = t.oid and a.attname = coalesce(named.c, $2)
       and a.attnum > 0 and not a.attisdropped
     order by t.name`,
    [appRole, tenantColumn, names, names.map((name) => tables[name]?.tenantColumn)],
  );
  return rows;
}

async function readRole(
  client: Client,
  { appRole }: RlsConfig,
  tables: readonly TenantTable[],
): Promise<RoleFacts> {
  const { rows } = await client.query<RoleFacts>(
    `select quote_ident(r.rolname) as name, true as exists, r.rolsuper as superuser, r.rolbypassrls as bypasses,
       case when r.rolsuper then '{}' else array(
         select quote_ident(o.rolname) from pg_roles o
         where o.oid <> r.oid and pg_has_role(r.oid, o.oid, 'member')
           and (o.rolsuper or o.rolbypassrls or quote_ident(o.rolname) = any ($2))
         order by 1
       ) end as "mayBecome"
     from pg_roles r where r.rolname = $1`,
    [appRole, tables.map(({ owner }) => owner)],
  );
  const [role] = rows;
  if (role === undefined) throw new Error(`the role ${appRole} went away`);
  return role;
}

/** Views of tenant tables, directly or through other views. */
async function readViews(
  client: Client,
  { appRole }: RlsConfig,
  tenant: ReadonlySet<string>,
): Promise<ViewFacts[]> {
  const { rows } = await client.query<ViewFacts>(
    `with recursive reads (view, relation) as (
       select r.ev_class, d.refobjid from pg_rewrite r
       join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
         and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
       union
       select reads.view, d.refobjid from reads join pg_rewrite r on r.ev_class = reads.relation
       join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
         and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
     ), named as (
       select c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
     )
     select w.name, v.relkind = 'm' as materialized,
       coalesce((select option_value in ('true', 'on', '1', 'yes') from pg_options_to_table(v.reloptions)
                 where option_name = 'security_invoker'), false) as invoker,
       has_table_privilege($1::name, v.oid, 'select') as "appReads",
       array_agg(distinct t.name order by t.name) as reads
     from reads join pg_class v on v.oid = reads.view and v.relkind in ('v', 'm')
     join pg_namespace n on n.oid = v.relnamespace and ${OWN}
     join named w on w.oid = v.oid join named t on t.oid = reads.relation
     where t.name = any ($2)
     group by v.oid, w.name, v.relkind, v.reloptions order by 1`,
    [appRole, [...tenant]],
  );
  return rows;
}

async function readDefiners(client: Client, { appRole }: RlsConfig): Promise<DefinerFacts[]> {
  const { rows } = await client.query<DefinerFacts>(
    `select quote_ident(n.nspname) || '.' || quote_ident(p.proname)
              || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
       exists (select from unnest(p.proconfig) c where c like 'search_path=%') as "pathFixed",
       p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
         and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
                     where grantee = 0 and privilege_type = 'EXECUTE') as "publicMay",
       case when has_function_privilege($1::name, p.oid, 'execute') and p.prokind = 'f' and p.proretset
                 and p.pronargs = p.pronargdefaults
            then quote_ident(n.nspname) || '.' || quote_ident(p.proname) end as callable
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and ${OWN}
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     order by 1`,
    [appRole],
  );
  return rows;
}

// One query a section. Each answers names and definitions, ordered by them in the C collation, so that two databases with
// the same schema give the same rows whatever their OIDs and their locale.

/** Schemas of the server, of sessions and of Slipway itself. */
const FOREIGN = `(n.nspname ~ '^pg_' or n.nspname in ('information_schema', 'slipway_migrations', 'slipway_ledger'))`;

/** Objects that came with an extension are told by the extension's version. */
const ownObject = (catalog: string, alias: string): string =>
  `not exists (select 1 from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${alias}.oid and d.deptype = 'e')`;

/** A list of the catalogs as sorted text; null: there is none. */
const sorted = (column: string): string =>
  `(select array_agg(a::text order by a::text collate "C") from unnest(${column}) a)`;

/**
 * Grants as sorted text. The catalogs keep nothing until the first grant, and after the last revoke what the owner has
 * by default, which is the same.
 */
const grants = (column: string, kind: string, owner: string): string =>
  sorted(`coalesce(${column}, acldefault('${kind}', ${owner}))`);

/**
 * A column's own settings as sorted text. Debian's Postgres 15.18 keeps `pg_attver=<number>` among them, which differs
 * from column to column and from one creation to the next; nobody set it.
 */
const attributeOptions = (column: string): string =>
  `(select array_agg(o order by o collate "C") from unnest(${column}) o where o !~ '^pg_attver=')`;

const relation = `quote_ident(n.nspname) || '.' || quote_ident(c.relname)`;

export const SCHEMA_QUERIES: Readonly<Record<string, string>> = {
  schemas: `
    select n.nspname as name, pg_get_userbyid(n.nspowner) as owner, ${grants("n.nspacl", "n", "n.nspowner")} as grants
    from pg_namespace n where not ${FOREIGN} order by n.nspname collate "C"`,

  extensions: `
    select extname as name, extversion as version from pg_extension order by extname collate "C"`,

  relations: `
    select ${relation} as name, c.relkind as kind, c.relpersistence as persistence,
           pg_get_userbyid(c.relowner) as owner, ${grants("c.relacl", "r", "c.relowner")} as grants,
           c.relrowsecurity as row_security, c.relforcerowsecurity as forced_row_security,
           c.relreplident as replica_identity, ${sorted("c.reloptions")} as options,
           pg_get_partkeydef(c.oid) as partition_key, pg_get_expr(c.relpartbound, c.oid) as partition_bound,
           (select array_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i
            where i.inhrelid = c.oid) as parents,
           case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not ${FOREIGN} and ${ownObject("pg_class", "c")}
    order by n.nspname collate "C", c.relname collate "C"`,

  columns: `
    select ${relation} as relation, a.attname as name,
           row_number() over (partition by c.oid order by a.attnum)::int as position,
           format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
           a.attidentity as identity, a.attgenerated as generated, pg_get_expr(f.adbin, f.adrelid) as default,
           case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
           a.attstorage as storage, nullif(a.attstattarget, -1) as statistics_target,
           ${sorted("a.attacl")} as grants, ${attributeOptions("a.attoptions")} as options
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
      and not ${FOREIGN} and ${ownObject("pg_class", "c")}
    order by n.nspname collate "C", c.relname collate "C", a.attnum`,

  constraints: `
    select coalesce(c.conrelid::regclass::text, c.contypid::regtype::text) as on, c.conname as name,
           pg_get_constraintdef(c.oid) as definition, c.convalidated as validated,
           c.condeferrable as deferrable, c.condeferred as deferred
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where not ${FOREIGN} and ${ownObject("pg_constraint", "c")}
    order by coalesce(c.conrelid::regclass::text, c.contypid::regtype::text) collate "C", c.conname collate "C",
             pg_get_constraintdef(c.oid) collate "C"`,

  indexes: `
    select i.indrelid::regclass::text as on, i.indexrelid::regclass::text as name,
           pg_get_indexdef(i.indexrelid) as definition, i.indisvalid as valid, i.indisreplident as replica_identity
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where not ${FOREIGN} and ${ownObject("pg_class", "c")}
    order by i.indrelid::regclass::text collate "C", i.indexrelid::regclass::text collate "C"`,

  policies: `
    select ${relation} as on, p.polname as name, p.polcmd as command, p.polpermissive as permissive,
           (select array_agg(coalesce(r.rolname, 'public') order by coalesce(r.rolname, 'public') collate "C")
            from unnest(p.polroles) m left join pg_roles r on r.oid = m) as roles,
           pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where not ${FOREIGN} order by ${relation} collate "C", p.polname collate "C"`,

  functions: `
    select p.oid::regprocedure::text as name, p.prokind as kind, pg_get_userbyid(p.proowner) as owner,
           ${grants("p.proacl", "f", "p.proowner")} as grants,
           case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) end as definition,
           case when p.prokind = 'a' then (select concat_ws(' ', g.aggtransfn::text, g.aggfinalfn::text,
             g.aggtranstype::regtype::text, g.agginitval) from pg_aggregate g where g.aggfnoid = p.oid) end as aggregate
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where not ${FOREIGN} and ${ownObject("pg_proc", "p")}
    order by p.oid::regprocedure::text collate "C"`,

  triggers: `
    select ${relation} as on, t.tgname as name, pg_get_triggerdef(t.oid) as definition, t.tgenabled as enabled
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and not ${FOREIGN} order by ${relation} collate "C", t.tgname collate "C"`,

  event_triggers: `
    select evtname as name, evtevent as event, evtfoid::regproc::text as function, evtenabled as enabled,
           evttags as tags
    from pg_event_trigger order by evtname collate "C"`,

  rules: `
    select ${relation} as on, r.rulename as name, pg_get_ruledef(r.oid) as definition, r.ev_enabled as enabled
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and not ${FOREIGN} order by ${relation} collate "C", r.rulename collate "C"`,

  sequences: `
    select ${relation} as name, pg_get_userbyid(c.relowner) as owner, ${grants("c.relacl", "s", "c.relowner")} as grants,
           format_type(s.seqtypid, null) as type, s.seqstart::text as start, s.seqincrement::text as increment,
           s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
    where not ${FOREIGN} and ${ownObject("pg_class", "c")} order by ${relation} collate "C"`,

  types: `
    select t.oid::regtype::text as name, t.typtype as kind, pg_get_userbyid(t.typowner) as owner,
           ${grants("t.typacl", "T", "t.typowner")} as grants,
           (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels,
           case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base,
           t.typnotnull as not_null, t.typdefault as default,
           (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) as range_of
    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
    where not ${FOREIGN} and ${ownObject("pg_type", "t")}
      and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    order by t.oid::regtype::text collate "C"`,

  statistics: `
    select quote_ident(n.nspname) || '.' || quote_ident(s.stxname) as name,
           pg_get_statisticsobjdef(s.oid) as definition, pg_get_userbyid(s.stxowner) as owner
    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
    where not ${FOREIGN} order by n.nspname collate "C", s.stxname collate "C"`,

  publications: `
    select p.pubname as name, pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables,
           p.pubinsert as inserts, p.pubupdate as updates, p.pubdelete as deletes, p.pubtruncate as truncates,
           (select array_agg(t::text order by t::text collate "C") from pg_publication_tables t
            where t.pubname = p.pubname and not p.puballtables) as tables
    from pg_publication p order by p.pubname collate "C"`,

  comments: `
    select o.type || ' ' || o.identity as name, d.description as text
    from pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
    where d.objoid >= 16384 and coalesce(o.schema, o.identity, '') not in ('slipway_migrations', 'slipway_ledger')
      and not exists (select from pg_depend e
                      where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
    order by o.type || ' ' || o.identity collate "C"`,

  default_privileges: `
    select pg_get_userbyid(p.defaclrole) as role, n.nspname as schema, p.defaclobjtype as objects,
           ${sorted("p.defaclacl")} as grants
    from pg_default_acl p left join pg_namespace n on n.oid = p.defaclnamespace
    order by pg_get_userbyid(p.defaclrole) collate "C", n.nspname collate "C", p.defaclobjtype`,
};

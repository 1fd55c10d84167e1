import type { Client, QueryResult } from "pg";
import type { DataFacts, NamedConstraint } from "../../core/data-check/types.ts";

/** A foreign key, and how each pair of its columns is compared. */
export interface ForeignKey extends NamedConstraint {
  readonly parent: string;
  /** Its triggers are disabled, or those of some partition. */
  readonly isOff: boolean;
  /** `WITHOUT OVERLAPS … PERIOD`: ranges are covered, not equalled. */
  readonly isTemporal: boolean;
  readonly isMatchFull: boolean;
  readonly isChildPartitioned: boolean;
  readonly isParentPartitioned: boolean;
  readonly pairs: readonly {
    readonly child: string;
    readonly parent: string;
    /** Qualified, because the session's search path may not have it. */
    readonly operator: string;
    readonly collation: string | null;
  }[];
}

/** A sequence that gives a column its values. */
export interface GivingSequence {
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
  readonly increment: string;
}

export interface DataCatalog {
  readonly invalidIndexes: DataFacts["invalidIndexes"];
  /** Those that are being built at this moment. */
  readonly growingIndexes: readonly string[];
  readonly unvalidated: readonly NamedConstraint[];
  /** Those that cannot be trusted, or all. */
  readonly foreignKeys: readonly ForeignKey[];
  /** How many foreign keys there are. */
  readonly foreignKeyCount: number;
  readonly sequences: readonly GivingSequence[];
}

const OWN = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'slipway_migrations', 'slipway_ledger')`;

// Through jsonb, because servers before 18 have no such column. What nobody enforces is never validated.
const ENFORCED = `case when c.convalidated then true else coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) end`;

const INDEXES = `
  select quote_ident(n.nspname) || '.' || quote_ident(x.relname) as index, x.relkind = 'I' as partitioned,
         exists (select from pg_stat_progress_create_index p where p.index_relid = x.oid) as growing
  from pg_index i join pg_class x on x.oid = i.indexrelid join pg_namespace n on n.oid = x.relnamespace
  where not i.indisvalid and ${OWN} order by 1`;

// Those that partitions inherit follow from the whole table's.
const UNVALIDATED = `
  select quote_ident(n.nspname) || '.' || quote_ident(t.relname) as table, quote_ident(c.conname) as constraint
  from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
  where not c.convalidated and c.conislocal and ${OWN} and ${ENFORCED} order by 1, 2`;

// Those of partitions follow from the whole table's.
const COUNT = `
  select count(*)::int from pg_constraint c join pg_class t on t.oid = c.conrelid
  join pg_namespace n on n.oid = t.relnamespace
  where c.contype = 'f' and c.conparentid = 0 and ${OWN} and ${ENFORCED}`;

// A trigger that fires only on a replica is off as well.
const FOREIGN_KEYS = `
  with recursive off as (
    select c.oid, c.conparentid from pg_constraint c
    where c.contype = 'f'
      and exists (select from pg_trigger g where g.tgconstraint = c.oid and g.tgenabled in ('D', 'R'))
    union select p.oid, p.conparentid from off join pg_constraint p on p.oid = off.conparentid)
  select quote_ident(n.nspname) || '.' || quote_ident(t.relname) as table, quote_ident(c.conname) as constraint,
         quote_ident(m.nspname) || '.' || quote_ident(r.relname) as parent,
         c.oid in (select oid from off) as "isOff",
         coalesce((to_jsonb(c) ->> 'conperiod')::boolean, false) as "isTemporal", c.confmatchtype = 'f' as "isMatchFull",
         t.relkind = 'p' as "isChildPartitioned", r.relkind = 'p' as "isParentPartitioned",
         (select json_agg(json_build_object(
            'child', quote_ident(f.attname), 'parent', quote_ident(p.attname),
            'operator', format('operator(%I.%s)', s.nspname, o.oprname),
            'collation', (select format('%I.%I', v.nspname, l.collname)
                          from pg_collation l join pg_namespace v on v.oid = l.collnamespace
                          where l.oid = p.attcollation and p.attcollation <> f.attcollation)) order by k.at)
          from unnest(c.conkey, c.confkey, c.conpfeqop) with ordinality k (child, parent, operator, at)
          join pg_attribute f on f.attrelid = c.conrelid and f.attnum = k.child
          join pg_attribute p on p.attrelid = c.confrelid and p.attnum = k.parent
          join pg_operator o on o.oid = k.operator join pg_namespace s on s.oid = o.oprnamespace) as pairs
  from pg_constraint c
  join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
  join pg_class r on r.oid = c.confrelid join pg_namespace m on m.oid = r.relnamespace
  where c.contype = 'f' and c.conparentid = 0 and ${OWN} and ${ENFORCED}
    and ($thorough or not c.convalidated or c.oid in (select oid from off)) order by 1, 2`;

// Owned by a column, or named alone by its default. Of an empty table none is behind.
const SEQUENCES = `
  with owned as materialized (
    select d.objid as sequence, d.refobjid as relation, d.refobjsubid as attribute from pg_depend d
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')),
  named as materialized (
    select d.refobjid as sequence, a.adrelid as relation, a.adnum as attribute, a.adbin from pg_attrdef a
    join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid and d.refclassid = 'pg_class'::regclass
    join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
    where d.refobjid not in (select sequence from owned)),
  giving as (
    select sequence, relation, attribute from owned
    union select sequence, relation, attribute from named
    where pg_get_expr(adbin, relation) ~ '^nextval\\(''[^'']+''::regclass\\)$')
  select quote_ident(n.nspname) || '.' || quote_ident(s.relname) as sequence,
         quote_ident(m.nspname) || '.' || quote_ident(t.relname) as table, quote_ident(a.attname) as column,
         q.seqincrement::text as increment
  from giving g
  join pg_class s on s.oid = g.sequence and s.relkind = 'S' join pg_namespace n on n.oid = s.relnamespace
  join pg_class t on t.oid = g.relation and t.relkind in ('r', 'p') join pg_namespace m on m.oid = t.relnamespace
  join pg_attribute a on a.attrelid = g.relation and a.attnum = g.attribute
  join pg_sequence q on q.seqrelid = s.oid and q.seqincrement > 0 and not q.seqcycle
  where (t.relkind = 'p' or pg_relation_size(t.oid) > 0)
    and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) and ${OWN}
  order by 1, 2`;

/** What the catalogs say by themselves, at one instant and in one journey. */
export async function readDataCatalog(client: Client, thorough: boolean): Promise<DataCatalog> {
  const begin = "begin isolation level repeatable read read only";
  const keys = FOREIGN_KEYS.replace("$thorough", String(thorough));
  const text = [begin, INDEXES, UNVALIDATED, keys, SEQUENCES, COUNT, "commit"].join(";\n");
  const results = (await client.query(text)) as unknown as readonly QueryResult[];
  const [, indexes, unvalidated, foreignKeys, sequences, count] = results.map(
    ({ rows }) => rows as unknown[],
  );
  const invalid = (indexes ?? []) as (DataFacts["invalidIndexes"][number] & { growing: boolean })[];
  const [counted] = (count ?? []) as { readonly count: number }[];
  return {
    invalidIndexes: invalid
      .filter(({ growing }) => !growing)
      .map(({ index, partitioned }) => ({ index, partitioned })),
    growingIndexes: invalid.filter(({ growing }) => growing).map(({ index }) => index),
    unvalidated: (unvalidated ?? []) as NamedConstraint[],
    foreignKeys: (foreignKeys ?? []) as ForeignKey[],
    foreignKeyCount: counted?.count ?? 0,
    sequences: (sequences ?? []) as GivingSequence[],
  };
}

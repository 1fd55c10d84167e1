-- Signed heads of the ledger. A copy of each is kept outside of this database; these are for finding them again, and the
-- frontier lets the next one be made without reading every record.

create table slipway_ledger.checkpoints (
  -- Number of records that it covers.
  size bigint primary key check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  -- Roots of the full subtrees, the largest first, one after the other.
  frontier bytea not null check (octet_length(frontier) > 0 and octet_length(frontier) % 32 = 0),
  -- The signed note, whole.
  note text not null check (octet_length(note) between 1 and 65536),
  -- Where it was kept.
  places json not null check (json_typeof(places) = 'array'),
  at timestamptz not null default clock_timestamp()
);

-- True: remembered, now or before. False: one that covers more is remembered already. A checkpoint of records that are
-- not there is refused.
create function slipway_ledger.remember_checkpoint(
  of_size bigint, of_root bytea, of_frontier bytea, of_note text, of_places json
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  head_seq bigint;
  newest slipway_ledger.checkpoints%rowtype;
begin
  perform set_config('synchronous_commit', 'on', true);
  -- One after the other: of two at once the second one sees the first.
  select h.seq into strict head_seq from slipway_ledger.head h for update;
  if of_size > head_seq then
    raise exception 'a checkpoint of % records is refused: the ledger has %', of_size, head_seq
      using errcode = 'SL009';
  end if;

  select * into newest from slipway_ledger.checkpoints c order by c.size desc limit 1;
  if newest.size = of_size and newest.root <> of_root then
    raise exception 'another checkpoint of % records is remembered', of_size using errcode = 'SL009';
  end if;
  if newest.size >= of_size then
    return newest.size = of_size;
  end if;
  insert into slipway_ledger.checkpoints (size, root, frontier, note, places)
  values (of_size, of_root, of_frontier, of_note, of_places);
  return true;
end
$$;

create trigger only_appended before update or delete on slipway_ledger.checkpoints
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.checkpoints
  for each statement execute function slipway_ledger.refuse_change();
alter table slipway_ledger.checkpoints enable always trigger only_appended;
alter table slipway_ledger.checkpoints enable always trigger never_emptied;

revoke all on function slipway_ledger.remember_checkpoint(bigint, bytea, bytea, text, json) from public;

do $$
begin
  -- Absent where the first set-up could not make them (0005_roles): one role owns and writes.
  if (select count(*) from pg_roles
      where rolname in ('slipway_owner', 'slipway_writer', 'slipway_reader')) < 3 then
    return;
  end if;
  grant select on slipway_ledger.checkpoints to slipway_writer, slipway_reader;
  grant execute on function slipway_ledger.remember_checkpoint(bigint, bytea, bytea, text, json)
    to slipway_writer;

  if (select relowner from pg_class where oid = 'slipway_ledger.head'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    grant create on schema slipway_ledger to slipway_owner;
    alter table slipway_ledger.checkpoints owner to slipway_owner;
    alter function slipway_ledger.remember_checkpoint(bigint, bytea, bytea, text, json) owner to slipway_owner;
    revoke create on schema slipway_ledger from slipway_owner;
  end if;
end
$$;

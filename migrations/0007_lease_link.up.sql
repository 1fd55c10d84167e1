-- A lease says where its run can be looked at. Fences come from a sequence, so that they grow even where somebody took
-- the row of a lease away: the next holder must never be given the fence of one that may still live.

alter table slipway_ledger.leases add column link text;

create sequence slipway_ledger.fences;
select setval('slipway_ledger.fences', max(fence)) from slipway_ledger.leases having max(fence) > 0;

drop function slipway_ledger.take_lease(text, text, text, text, double precision);

create function slipway_ledger.take_lease(
  of_app text, of_env text, by_holder text, for_purpose text, with_link text, lifetime_seconds double precision
)
returns table (taken boolean, now_held json, before json)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  old_lease slipway_ledger.leases%rowtype;
  new_lease slipway_ledger.leases%rowtype;
  at_time timestamptz;
begin
  if by_holder is null or not (lifetime_seconds > 0 and lifetime_seconds <= 3600) then
    raise exception 'a lease needs a holder and a lifetime of at most an hour';
  end if;

  -- Whoever finds it held has only read: many who wait do not keep the holder from renewing it.
  select * into old_lease from slipway_ledger.leases l where l.app = of_app and l.env = of_env;
  if old_lease.holder is not null and old_lease.expires_at > clock_timestamp() then
    -- Ours already: the answer to the first request was lost.
    return query select old_lease.holder = by_holder, row_to_json(old_lease), null::json;
    return;
  end if;

  insert into slipway_ledger.leases (app, env, fence, holder, purpose, taken_at, renewed_at, expires_at)
  values (of_app, of_env, 0, null, '', clock_timestamp(), clock_timestamp(), clock_timestamp())
  on conflict do nothing;
  select * into strict old_lease from slipway_ledger.leases l
  where l.app = of_app and l.env = of_env
  for update;
  at_time := clock_timestamp();

  if old_lease.holder is not null and old_lease.expires_at > at_time then
    return query select old_lease.holder = by_holder, row_to_json(old_lease), null::json;
    return;
  end if;

  update slipway_ledger.leases l
  set fence = greatest(nextval('slipway_ledger.fences'), l.fence + 1),
      holder = by_holder, purpose = for_purpose, link = with_link,
      taken_at = at_time, renewed_at = at_time,
      expires_at = at_time + make_interval(secs => lifetime_seconds)
  where l.app = of_app and l.env = of_env
  returning l.* into new_lease;
  return query
    select true, row_to_json(new_lease),
           case when old_lease.holder is not null then row_to_json(old_lease) end;
end
$$;

revoke all on function slipway_ledger.take_lease(text, text, text, text, text, double precision) from public;

do $$
begin
  if exists (select 1 from pg_roles where rolname = 'slipway_writer') then
    grant execute on function slipway_ledger.take_lease(text, text, text, text, text, double precision)
      to slipway_writer;
  end if;
  if (select relowner from pg_class where oid = 'slipway_ledger.records'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    grant create on schema slipway_ledger to slipway_owner;
    alter sequence slipway_ledger.fences owner to slipway_owner;
    alter function slipway_ledger.take_lease(text, text, text, text, text, double precision) owner to slipway_owner;
    revoke create on schema slipway_ledger from slipway_owner;
  end if;
end
$$;

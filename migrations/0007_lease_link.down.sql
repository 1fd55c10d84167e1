drop function slipway_ledger.take_lease(text, text, text, text, text, double precision);
drop sequence slipway_ledger.fences;
alter table slipway_ledger.leases drop column link;

create function slipway_ledger.take_lease(
  of_app text, of_env text, by_holder text, for_purpose text, lifetime_seconds double precision
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

  insert into slipway_ledger.leases (app, env, fence, holder, purpose, taken_at, renewed_at, expires_at)
  values (of_app, of_env, 0, null, '', clock_timestamp(), clock_timestamp(), clock_timestamp())
  on conflict do nothing;
  select * into strict old_lease from slipway_ledger.leases l
  where l.app = of_app and l.env = of_env
  for update;
  at_time := clock_timestamp();

  if old_lease.holder is not null and old_lease.expires_at > at_time then
    -- Ours already: the answer to the first request was lost.
    return query select old_lease.holder = by_holder, row_to_json(old_lease), null::json;
    return;
  end if;

  update slipway_ledger.leases l
  set fence = l.fence + 1, holder = by_holder, purpose = for_purpose,
      taken_at = at_time, renewed_at = at_time,
      expires_at = at_time + make_interval(secs => lifetime_seconds)
  where l.app = of_app and l.env = of_env
  returning l.* into new_lease;
  return query
    select true, row_to_json(new_lease),
           case when old_lease.holder is not null then row_to_json(old_lease) end;
end
$$;

revoke all on function slipway_ledger.take_lease(text, text, text, text, double precision) from public;

do $$
begin
  if exists (select 1 from pg_roles where rolname = 'slipway_writer') then
    grant execute on function slipway_ledger.take_lease(text, text, text, text, double precision) to slipway_writer;
  end if;
  if (select relowner from pg_class where oid = 'slipway_ledger.records'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    grant create on schema slipway_ledger to slipway_owner;
    alter function slipway_ledger.take_lease(text, text, text, text, double precision) owner to slipway_owner;
    revoke create on schema slipway_ledger from slipway_owner;
  end if;
end
$$;

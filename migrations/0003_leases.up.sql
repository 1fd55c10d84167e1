-- Leases are timed by this server's clock alone. The row is locked first and the time taken after, so that whoever waited
-- for the row does not decide on an old time.

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

create function slipway_ledger.renew_lease(
  of_app text, of_env text, by_holder text, with_fence bigint, lifetime_seconds double precision
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not (lifetime_seconds > 0 and lifetime_seconds <= 3600) then
    raise exception 'a lease has a lifetime of at most an hour';
  end if;
  perform 1 from slipway_ledger.leases l where l.app = of_app and l.env = of_env for update;
  update slipway_ledger.leases l
  set renewed_at = clock_timestamp(),
      expires_at = clock_timestamp() + make_interval(secs => lifetime_seconds)
  where l.app = of_app and l.env = of_env and l.fence = with_fence and l.holder = by_holder;
  return found;
end
$$;

create function slipway_ledger.release_lease(
  of_app text, of_env text, by_holder text, with_fence bigint
)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update slipway_ledger.leases l
  set holder = null, expires_at = clock_timestamp()
  where l.app = of_app and l.env = of_env and l.fence = with_fence and l.holder = by_holder;
  return found;
end
$$;

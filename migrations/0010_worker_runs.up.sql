-- The letterbox between a deployment and the worker that migrates for it where the database can be reached: requests one
-- way, events and answers the other. It is no record: the deployment writes what happened into the ledger as always, and
-- the letters of a run are gone when it ends. They are written and read through these functions alone.

create table slipway_ledger.worker_runs (
  id uuid primary key,
  app text not null,
  env text not null,
  begun_at timestamptz not null default clock_timestamp(),
  caller_seen_at timestamptz not null default clock_timestamp(),
  -- Null: nobody has come to work for it yet.
  worker text,
  worker_seen_at timestamptz,
  ended_at timestamptz
);

create table slipway_ledger.worker_letters (
  run uuid not null references slipway_ledger.worker_runs on delete cascade,
  by_worker boolean not null,
  -- Given by the writer, gapless from 1: sending the same letter again after a lost answer adds nothing.
  number bigint not null check (number > 0),
  body text not null check (octet_length(body) <= 16777216),
  primary key (run, by_worker, number)
);

create function slipway_ledger.begin_worker_run(of_id uuid, of_app text, of_env text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from slipway_ledger.worker_runs r where r.begun_at < clock_timestamp() - interval '2 days';
  insert into slipway_ledger.worker_runs (id, app, env) values (of_id, of_app, of_env)
  on conflict (id) do nothing;
end
$$;

-- A request; one to change something has the fence of the lease under which it is made, and is refused with an old one.
create function slipway_ledger.post_request(of_run uuid, of_number bigint, of_fence bigint, of_body text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  run slipway_ledger.worker_runs%rowtype;
begin
  select * into run from slipway_ledger.worker_runs r where r.id = of_run for update;
  if run.id is null or run.ended_at is not null then
    raise exception 'the run % of a worker has ended', of_run using errcode = 'SL010';
  end if;
  if of_fence is not null then
    perform slipway_ledger.check_fence(run.app, run.env, of_fence);
  end if;
  insert into slipway_ledger.worker_letters (run, by_worker, number, body)
  values (of_run, false, of_number, of_body)
  on conflict do nothing;
end
$$;

-- What the worker has written since letter `of_after`, and whether it lives. Says that the caller does.
create function slipway_ledger.look_for_answers(of_run uuid, of_after bigint)
returns table (worker text, silent_seconds double precision, ended boolean, letters json)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update slipway_ledger.worker_runs r set caller_seen_at = clock_timestamp() where r.id = of_run;
  return query
    select r.worker, extract(epoch from clock_timestamp() - r.worker_seen_at)::double precision,
           r.ended_at is not null,
           coalesce((select json_agg(json_build_object('number', l.number, 'body', l.body) order by l.number)
                     from slipway_ledger.worker_letters l
                     where l.run = of_run and l.by_worker and l.number > of_after), '[]'::json)
    from slipway_ledger.worker_runs r where r.id = of_run;
end
$$;

create function slipway_ledger.end_worker_run(of_run uuid)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update slipway_ledger.worker_runs r set ended_at = coalesce(r.ended_at, clock_timestamp()) where r.id = of_run;
  delete from slipway_ledger.worker_letters l where l.run = of_run;
end
$$;

-- The first worker that comes has the run; a second one, and one that comes too late, is told to go.
create function slipway_ledger.claim_worker_run(of_run uuid, by_worker_name text)
returns table (app text, env text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
    update slipway_ledger.worker_runs r
    set worker = by_worker_name, worker_seen_at = clock_timestamp()
    where r.id = of_run and r.ended_at is null and (r.worker is null or r.worker = by_worker_name)
    returning r.app, r.env;
end
$$;

-- What is asked since letter `of_after`, whether the caller lives, and for how long the lease of `of_fence` stands: null
-- without a fence, and when it is not the lease's or nobody holds it. Says that the worker lives. No row: not its run.
create function slipway_ledger.look_for_requests(
  of_run uuid, by_worker_name text, of_after bigint, of_fence bigint
)
returns table (ended boolean, silent_seconds double precision, lease_seconds double precision, letters json)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update slipway_ledger.worker_runs r set worker_seen_at = clock_timestamp()
  where r.id = of_run and r.worker = by_worker_name;
  return query
    select r.ended_at is not null,
           extract(epoch from clock_timestamp() - r.caller_seen_at)::double precision,
           (select extract(epoch from s.expires_at - clock_timestamp())::double precision
            from slipway_ledger.leases s
            where s.app = r.app and s.env = r.env and s.fence = of_fence and s.holder is not null),
           coalesce((select json_agg(json_build_object('number', l.number, 'body', l.body) order by l.number)
                     from slipway_ledger.worker_letters l
                     where l.run = of_run and not l.by_worker and l.number > of_after), '[]'::json)
    from slipway_ledger.worker_runs r where r.id = of_run and r.worker = by_worker_name;
end
$$;

create function slipway_ledger.post_answer(of_run uuid, by_worker_name text, of_number bigint, of_body text)
returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform 1 from slipway_ledger.worker_runs r
  where r.id = of_run and r.worker = by_worker_name and r.ended_at is null for update;
  if not found then
    return false;
  end if;
  insert into slipway_ledger.worker_letters (run, by_worker, number, body)
  values (of_run, true, of_number, of_body)
  on conflict do nothing;
  return true;
end
$$;

revoke all on function
  slipway_ledger.begin_worker_run(uuid, text, text),
  slipway_ledger.post_request(uuid, bigint, bigint, text),
  slipway_ledger.look_for_answers(uuid, bigint),
  slipway_ledger.end_worker_run(uuid),
  slipway_ledger.claim_worker_run(uuid, text),
  slipway_ledger.look_for_requests(uuid, text, bigint, bigint),
  slipway_ledger.post_answer(uuid, text, bigint, text)
  from public;

-- A fourth role: the worker, which may answer a run whose id it was told, and neither take leases nor write records.
do $$
declare
  may_create constant boolean :=
    (select rolsuper or rolcreaterole from pg_roles where rolname = current_user);
begin
  -- Absent where the first set-up could not make them (0005_roles): one role owns, writes and works.
  if (select count(*) from pg_roles
      where rolname in ('slipway_owner', 'slipway_writer', 'slipway_reader')) < 3 then
    return;
  end if;
  grant execute on function
    slipway_ledger.begin_worker_run(uuid, text, text),
    slipway_ledger.post_request(uuid, bigint, bigint, text),
    slipway_ledger.look_for_answers(uuid, bigint),
    slipway_ledger.end_worker_run(uuid)
    to slipway_writer;

  if may_create and not exists (select 1 from pg_roles where rolname = 'slipway_worker') then
    begin
      create role slipway_worker nologin;
    exception when duplicate_object or unique_violation then
      -- Another database of this server made it at the same moment.
      null;
    end;
  end if;
  if exists (select 1 from pg_roles where rolname = 'slipway_worker') then
    grant usage on schema slipway_ledger to slipway_worker;
    grant execute on function
      slipway_ledger.claim_worker_run(uuid, text),
      slipway_ledger.look_for_requests(uuid, text, bigint, bigint),
      slipway_ledger.post_answer(uuid, text, bigint, text)
      to slipway_worker;
  end if;

  if (select relowner from pg_class where oid = 'slipway_ledger.head'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    grant create on schema slipway_ledger to slipway_owner;
    alter table slipway_ledger.worker_runs owner to slipway_owner;
    alter table slipway_ledger.worker_letters owner to slipway_owner;
    alter function slipway_ledger.begin_worker_run(uuid, text, text) owner to slipway_owner;
    alter function slipway_ledger.post_request(uuid, bigint, bigint, text) owner to slipway_owner;
    alter function slipway_ledger.look_for_answers(uuid, bigint) owner to slipway_owner;
    alter function slipway_ledger.end_worker_run(uuid) owner to slipway_owner;
    alter function slipway_ledger.claim_worker_run(uuid, text) owner to slipway_owner;
    alter function slipway_ledger.look_for_requests(uuid, text, bigint, bigint) owner to slipway_owner;
    alter function slipway_ledger.post_answer(uuid, text, bigint, text) owner to slipway_owner;
    revoke create on schema slipway_ledger from slipway_owner;
  end if;
end
$$;

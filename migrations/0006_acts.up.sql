-- What people do besides deploying: approve, hold, unlock, review. Their records need no lease. Times are set here, and
-- what was decided once stays: an approval is used, revoked and a hold released at most once.

alter table slipway_ledger.deployments add column mutated_at timestamptz;
create index mutations_of_environment on slipway_ledger.deployments (app, env, mutated_at desc)
  where mutated_at is not null;

create table slipway_ledger.approvals (
  id text primary key,
  app text not null,
  env text not null,
  release_sha256 text not null,
  -- As it was given: subject, role, person, name, meaning, reason and identity.
  approval json not null,
  approved_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by text,
  used_at timestamptz,
  used_by text
);

create index approvals_of_release on slipway_ledger.approvals (app, env, release_sha256, approved_at desc);

create table slipway_ledger.holds (
  id text primary key,
  app text not null,
  env text not null,
  reason text not null,
  held_by text not null,
  held_at timestamptz not null,
  released_at timestamptz,
  released_by text
);

create index open_holds on slipway_ledger.holds (app, env) where released_at is null;

create table slipway_ledger.reviews (
  id text primary key,
  app text not null,
  env text not null,
  deployment_id text not null,
  because text not null,
  due_by text not null,
  due_at timestamptz not null,
  closed_at timestamptz,
  closed_by text
);

create index open_reviews on slipway_ledger.reviews (app, env) where closed_at is null;

create or replace function slipway_ledger.apply_change(
  change json, of_seq bigint, of_at timestamptz, entry json
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  of_app constant text := entry ->> 'app';
  of_env constant text := entry ->> 'env';
  of_deployment constant text := entry ->> 'deploymentId';
begin
  case change ->> 'kind'
    when 'begin' then
      insert into slipway_ledger.deployments
        (id, app, env, purpose, release, actor, begun_seq, started_at)
      values
        (of_deployment, of_app, of_env, change ->> 'purpose', change -> 'release',
         entry ->> 'actor', of_seq, of_at)
      -- Begun again by the run that resumes it.
      on conflict (id) do update set outcome = null, ended_at = null
      where deployments.app = of_app and deployments.env = of_env;
    when 'commit' then
      insert into slipway_ledger.commits
        (seq, app, env, deployment_id, purpose, release, revisions, at)
      values
        (of_seq, of_app, of_env, of_deployment, change ->> 'purpose',
         change -> 'release', change -> 'revisions', of_at);
      return;
    when 'end' then
      update slipway_ledger.deployments
      set outcome = change ->> 'outcome', ended_at = of_at
      where id = of_deployment and app = of_app and env = of_env;
    when 'mutate' then
      update slipway_ledger.deployments
      set mutated_at = coalesce(mutated_at, of_at)
      where id = of_deployment and app = of_app and env = of_env;
    when 'consume' then
      perform slipway_ledger.use_approval(needed, of_app, of_env, of_deployment, of_at)
      from json_array_elements_text(change -> 'approvals') needed;
      return;
    when 'review-due' then
      insert into slipway_ledger.reviews (id, app, env, deployment_id, because, due_by, due_at)
      values (change ->> 'reviewId', of_app, of_env, of_deployment,
              change ->> 'because', change ->> 'by', of_at);
      return;
    else
      raise exception 'unknown change of state: %', change ->> 'kind';
  end case;

  if not found then
    raise exception 'deployment % has not begun', of_deployment;
  end if;
end
$$;

-- SL004: the approval is not there, or it is no longer good.
create function slipway_ledger.use_approval(
  of_id text, of_app text, of_env text, of_deployment text, of_at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  given slipway_ledger.approvals%rowtype;
  fault text;
begin
  select * into given from slipway_ledger.approvals a
  where a.id = of_id and a.app = of_app and a.env = of_env
  for update;

  fault := case
    when given.id is null then format('there is no approval %s for %s/%s', of_id, of_app, of_env)
    when given.revoked_at is not null then format('approval %s was revoked by %s', of_id, given.revoked_by)
    -- Used by this deployment already: a run that resumes it.
    when given.used_by = of_deployment then null
    when given.used_by is not null then
      format('approval %s was used by deployment %s', of_id, given.used_by)
    when given.expires_at <= of_at then
      format('approval %s expired at %s', of_id, to_char(given.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
  end;
  if fault is not null then
    raise exception using errcode = 'SL004', message = fault;
  end if;

  update slipway_ledger.approvals a
  set used_by = of_deployment, used_at = of_at
  where a.id = of_id and a.used_by is null;
end
$$;

-- SL003: nobody holds a lease with that fence. SL005: what the act is about is not there.
create function slipway_ledger.apply_act(change json, of_at timestamptz, entry json)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  of_app constant text := entry ->> 'app';
  of_env constant text := entry ->> 'env';
  by_actor constant text := entry ->> 'actor';
  given json;
  target text;
begin
  case change ->> 'kind'
    when 'approve' then
      given := change -> 'approval';
      if (given -> 'subject' ->> 'app', given -> 'subject' ->> 'env') is distinct from (of_app, of_env) then
        raise exception 'an approval for another environment than %/%', of_app, of_env;
      end if;
      if not coalesce((change ->> 'validForSeconds')::double precision between 1 and 366 * 86400, false) then
        raise exception 'an approval is valid for at least a second and at most a year';
      end if;
      insert into slipway_ledger.approvals
        (id, app, env, release_sha256, approval, approved_at, expires_at)
      values
        (given ->> 'id', of_app, of_env, given -> 'subject' ->> 'releaseSha256', given, of_at,
         of_at + make_interval(secs => (change ->> 'validForSeconds')::double precision));
      return;
    when 'hold' then
      insert into slipway_ledger.holds (id, app, env, reason, held_by, held_at)
      values (change ->> 'holdId', of_app, of_env, change ->> 'reason', change ->> 'by', of_at);
      return;
    when 'unlock' then
      update slipway_ledger.leases
      set holder = null, expires_at = of_at
      where app = of_app and env = of_env and holder is not null
        and fence = (change ->> 'fence')::bigint;
      if not found then
        raise exception using
          errcode = 'SL003',
          message = format('nobody holds a lease on %s/%s with fence %s', of_app, of_env, change ->> 'fence');
      end if;
      return;
    when 'revoke' then
      target := format('approval %s', change ->> 'approvalId');
      update slipway_ledger.approvals
      set revoked_at = coalesce(revoked_at, of_at), revoked_by = coalesce(revoked_by, by_actor)
      where id = change ->> 'approvalId' and app = of_app and env = of_env;
    when 'release-hold' then
      target := format('hold %s', change ->> 'holdId');
      update slipway_ledger.holds
      set released_at = coalesce(released_at, of_at), released_by = coalesce(released_by, by_actor)
      where id = change ->> 'holdId' and app = of_app and env = of_env;
    when 'review-closed' then
      target := format('review %s', change ->> 'reviewId');
      update slipway_ledger.reviews
      set closed_at = coalesce(closed_at, of_at), closed_by = coalesce(closed_by, by_actor)
      where id = change ->> 'reviewId' and app = of_app and env = of_env;
    else
      raise exception 'not a change that an act makes: %', change ->> 'kind';
  end case;

  if not found then
    raise exception using
      errcode = 'SL005', message = format('there is no %s for %s/%s', target, of_app, of_env);
  end if;
end
$$;

create trigger never_deleted before delete on slipway_ledger.approvals
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.approvals
  for each statement execute function slipway_ledger.refuse_change();
create trigger never_deleted before delete on slipway_ledger.holds
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.holds
  for each statement execute function slipway_ledger.refuse_change();
create trigger never_deleted before delete on slipway_ledger.reviews
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.reviews
  for each statement execute function slipway_ledger.refuse_change();

create trigger settled_once before update on slipway_ledger.approvals
  for each row when (
    (new.id, new.app, new.env, new.release_sha256, new.approval::text, new.approved_at, new.expires_at)
      is distinct from
    (old.id, old.app, old.env, old.release_sha256, old.approval::text, old.approved_at, old.expires_at)
    or (old.used_by is not null and (new.used_by, new.used_at) is distinct from (old.used_by, old.used_at))
    or (old.revoked_at is not null
        and (new.revoked_at, new.revoked_by) is distinct from (old.revoked_at, old.revoked_by)))
  execute function slipway_ledger.refuse_change();
create trigger settled_once before update on slipway_ledger.holds
  for each row when (
    (new.id, new.app, new.env, new.reason, new.held_by, new.held_at)
      is distinct from (old.id, old.app, old.env, old.reason, old.held_by, old.held_at)
    or (old.released_at is not null
        and (new.released_at, new.released_by) is distinct from (old.released_at, old.released_by)))
  execute function slipway_ledger.refuse_change();
create trigger settled_once before update on slipway_ledger.reviews
  for each row when (
    (new.id, new.app, new.env, new.deployment_id, new.because, new.due_by, new.due_at)
      is distinct from (old.id, old.app, old.env, old.deployment_id, old.because, old.due_by, old.due_at)
    or (old.closed_at is not null
        and (new.closed_at, new.closed_by) is distinct from (old.closed_at, old.closed_by)))
  execute function slipway_ledger.refuse_change();
create trigger mutated_once before update on slipway_ledger.deployments
  for each row when (
    (new.id, new.app, new.env, new.begun_seq) is distinct from (old.id, old.app, old.env, old.begun_seq)
    or (old.mutated_at is not null and new.mutated_at is distinct from old.mutated_at))
  execute function slipway_ledger.refuse_change();

-- ALWAYS: also where session_replication_role = replica switches ordinary triggers off.
alter table slipway_ledger.approvals enable always trigger never_deleted;
alter table slipway_ledger.approvals enable always trigger never_emptied;
alter table slipway_ledger.approvals enable always trigger settled_once;
alter table slipway_ledger.holds enable always trigger never_deleted;
alter table slipway_ledger.holds enable always trigger never_emptied;
alter table slipway_ledger.holds enable always trigger settled_once;
alter table slipway_ledger.reviews enable always trigger never_deleted;
alter table slipway_ledger.reviews enable always trigger never_emptied;
alter table slipway_ledger.reviews enable always trigger settled_once;
alter table slipway_ledger.deployments enable always trigger mutated_once;

-- As in 0005: the owner owns, the writer only calls append, which calls what is new here.
revoke all on function
  slipway_ledger.use_approval(text, text, text, text, timestamptz),
  slipway_ledger.apply_act(json, timestamptz, json)
  from public;

do $$
begin
  if exists (select 1 from pg_roles where rolname = 'slipway_reader') then
    grant select on slipway_ledger.approvals, slipway_ledger.holds, slipway_ledger.reviews
      to slipway_writer, slipway_reader;
  end if;
  if (select relowner from pg_class where oid = 'slipway_ledger.records'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    grant create on schema slipway_ledger to slipway_owner;
    alter table slipway_ledger.approvals owner to slipway_owner;
    alter table slipway_ledger.holds owner to slipway_owner;
    alter table slipway_ledger.reviews owner to slipway_owner;
    alter function slipway_ledger.use_approval(text, text, text, text, timestamptz) owner to slipway_owner;
    alter function slipway_ledger.apply_act(json, timestamptz, json) owner to slipway_owner;
    revoke create on schema slipway_ledger from slipway_owner;
  end if;
end
$$;

drop trigger mutated_once on slipway_ledger.deployments;
drop function slipway_ledger.apply_act(json, timestamptz, json);
drop function slipway_ledger.use_approval(text, text, text, text, timestamptz);

create or replace function slipway_ledger.apply_change(
  change json, of_seq bigint, of_at timestamptz, entry json
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  of_deployment constant text := entry ->> 'deploymentId';
begin
  case change ->> 'kind'
    when 'begin' then
      insert into slipway_ledger.deployments
        (id, app, env, purpose, release, actor, begun_seq, started_at)
      values
        (of_deployment, entry ->> 'app', entry ->> 'env', change ->> 'purpose', change -> 'release',
         entry ->> 'actor', of_seq, of_at)
      -- Begun again by the run that resumes it.
      on conflict (id) do update set outcome = null, ended_at = null;
    when 'commit' then
      insert into slipway_ledger.commits
        (seq, app, env, deployment_id, purpose, release, revisions, at)
      values
        (of_seq, entry ->> 'app', entry ->> 'env', of_deployment, change ->> 'purpose',
         change -> 'release', change -> 'revisions', of_at);
    when 'end' then
      update slipway_ledger.deployments
      set outcome = change ->> 'outcome', ended_at = of_at
      where id = of_deployment;
      if not found then
        raise exception 'deployment % has not begun', of_deployment;
      end if;
    else
      raise exception 'unknown change of state: %', change ->> 'kind';
  end case;
end
$$;

drop table slipway_ledger.reviews;
drop table slipway_ledger.holds;
drop table slipway_ledger.approvals;
drop index slipway_ledger.mutations_of_environment;
alter table slipway_ledger.deployments drop column mutated_at;

-- A ledger of ten apps with three environments each: fifty records a deployment, a few hundred bytes of facts in each,
-- one deployment a minute, nine of ten of them good. Two records of each are those of its migrations, in canonical text; in
-- three of the environments nothing was ever migrated, so that the whole trail is read.

insert into slipway_ledger.records (seq, id, app, env, deployment_id, record, prev_hash, entry_hash)
select n, gen_random_uuid(), app, env, deployment,
       format('{"at":"%s","changes":[],"entry":%s,"id":"%s","log":"%s","seq":%s}',
              to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
              replace(replace(json_build_object(
                'actor', 'arn:aws:sts::000000000000:assumed-role/deploy/run-' || d,
                'app', app, 'attempt', 1,
                'data', json_build_object('milliseconds', n % 9000, 'text', repeat(md5(n::text), 6)),
                'deploymentId', deployment, 'env', env, 'fence', d + 1,
                'outcome', case when n % 50 = 21 and (n / 50) % 30 > 2 then 'skipped' else 'done' end,
                'phase', case when n % 2 = 0 then 'intent' else 'outcome' end,
                'step', case when n % 50 in (20, 21) then 'migrate' else 'shift' end, 'type', 'step')::text,
                ' : ', ':'), ', ', ','),
              gen_random_uuid(), '0b7f1c52-6f0e-4a55-9d0e-000000000000', n),
       sha256(n::text::bytea), sha256((n + 1)::text::bytea)
from (
  select n, n / 50 as d, 'd-' || n / 50 as deployment, 'app-' || (n / 50) % 10 as app,
         (array['development', 'staging', 'production'])[1 + (n / 50) % 3] as env,
         timestamp '2026-01-01' + (n / 50) * interval '1 minute' + (n % 50) * interval '1 second' as at
  from generate_series(0, :records - 1) n
) numbered;

insert into slipway_ledger.deployments
  (id, app, env, purpose, release, actor, begun_seq, started_at, outcome, ended_at, mutated_at)
select 'd-' || d, 'app-' || d % 10, (array['development', 'staging', 'production'])[1 + d % 3], 'deploy',
       release, 'run-' || d, d * 50, at, case when d % 11 = 3 then 'rolled-back' else 'deployed' end,
       at + interval '50 seconds', at + interval '20 seconds'
from (
  select d, timestamptz '2026-01-01Z' + d * interval '1 minute' as at,
         json_build_object(
           'schema', 1, 'app', 'app-' || d % 10, 'id', 'sha-' || substr(md5(d::text), 1, 7), 'version', '1.0.' || d,
           'commit', sha256(d::text::bytea)::text, 'createdAt', '2026-01-01T00:00:00Z',
           'components', json_build_object('api', json_build_object(
             'kind', 'service', 'image', 'registry.example/app@sha256:' || repeat('a', 64),
             'digest', 'sha256:' || repeat('a', 64), 'base', 'node:24')),
           'migrations', (select json_agg(json_build_object('file', format('%s_change.up.sql', m), 'sha256', repeat('b', 64)))
                          from generate_series(1, 30) m),
           'configSha256', repeat('c', 64)) as release
  from generate_series(0, :records / 50 - 1) d
) each;

insert into slipway_ledger.commits (seq, app, env, deployment_id, purpose, release, revisions, at)
select begun_seq, app, env, id, purpose, release, json_build_object('api', 'arn:task:' || begun_seq), ended_at
from slipway_ledger.deployments where outcome = 'deployed';

insert into slipway_ledger.holds (id, app, env, reason, held_by, held_at, released_at, released_by)
select 'h-' || begun_seq, app, env, 'an incident', actor, started_at, ended_at, actor
from slipway_ledger.deployments where begun_seq % 1000 = 0;

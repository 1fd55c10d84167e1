-- The ledger: what was meant and what happened, in records that are only ever appended and each of which carries the
-- hash of the one before. The schema itself is made by whoever keeps the migrations' history in it.

create table slipway_ledger.head (
  only_row boolean primary key default true check (only_row),
  -- Every record names its log, so that one ledger's records cannot be passed off as another's.
  log uuid not null default gen_random_uuid(),
  seq bigint not null default 0,
  entry_hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(entry_hash) = 32),
  at timestamptz not null default clock_timestamp()
);

insert into slipway_ledger.head default values;

create table slipway_ledger.records (
  seq bigint primary key,
  -- Given by the writer: sending the same record again after a lost answer appends nothing.
  id uuid not null unique,
  app text not null,
  env text not null,
  deployment_id text not null,
  -- The canonical JSON (RFC 8785) whose bytes were hashed.
  record text not null,
  prev_hash bytea not null check (octet_length(prev_hash) = 32),
  entry_hash bytea not null check (octet_length(entry_hash) = 32)
);

create index records_of_deployment on slipway_ledger.records (deployment_id, seq);
create index records_of_environment on slipway_ledger.records (app, env, seq);

create table slipway_ledger.leases (
  app text not null,
  env text not null,
  fence bigint not null,
  -- Null: nobody holds it.
  holder text,
  purpose text not null,
  taken_at timestamptz not null,
  renewed_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (app, env)
);

create table slipway_ledger.deployments (
  id text primary key,
  app text not null,
  env text not null,
  purpose text not null,
  release json not null,
  actor text not null,
  begun_seq bigint not null,
  started_at timestamptz not null,
  outcome text,
  ended_at timestamptz
);

create index deployments_of_environment on slipway_ledger.deployments (app, env, begun_seq desc);

create table slipway_ledger.commits (
  seq bigint primary key,
  app text not null,
  env text not null,
  deployment_id text not null,
  purpose text not null,
  release json not null,
  revisions json not null,
  at timestamptz not null
);

create index commits_of_environment on slipway_ledger.commits (app, env, seq desc);

-- A token is kept as its SHA-256 only; it has 256 random bits, so a slow hash would add nothing.
create table tokens (
  sha256 bytea primary key check (length(sha256) = 32),
  clinic_id uuid not null references clinics (id),
  -- Null: staff, who see the whole clinic.
  patient_id uuid,
  actor text not null check (length(actor) between 1 and 200),
  expires_at timestamptz not null,
  foreign key (clinic_id, patient_id) references patients (clinic_id, id)
);

-- No policy and no grant: the service cannot read tokens, it can only ask whose a given one is.
alter table tokens enable row level security;

create function token_owner(presented bytea)
  returns table (clinic_id uuid, patient_id uuid, actor text)
  language sql
  stable
  security definer
  set search_path = pg_catalog, public, pg_temp
as $$
  select t.clinic_id, t.patient_id, t.actor
  from public.tokens t
  where t.sha256 = presented and t.expires_at > now()
$$;

revoke all on function token_owner(bytea) from public;
grant execute on function token_owner(bytea) to diary_app;

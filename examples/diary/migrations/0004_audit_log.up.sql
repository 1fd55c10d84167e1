create table audit_log (
  id bigint generated always as identity primary key,
  clinic_id uuid not null,
  entry_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null check (action in ('INSERT', 'UPDATE', 'DELETE')),
  old jsonb,
  new jsonb
);

create index audit_log_of_an_entry on audit_log (clinic_id, entry_id, id);

alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy audit_log_of_the_caller on audit_log
  using (clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid);

-- The service may read the log and nothing else: only this function, which runs as the owner, writes it.
create function record_entry_change() returns trigger
  language plpgsql
  security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into public.audit_log (clinic_id, entry_id, actor, action, old, new)
  values (
    coalesce(new.clinic_id, old.clinic_id),
    coalesce(new.id, old.id),
    coalesce(nullif(current_setting('app.actor', true), ''), session_user),
    tg_op,
    to_jsonb(old),
    to_jsonb(new)
  );
  return null;
end
$$;

revoke all on function record_entry_change() from public;

create trigger entries_are_audited
  after insert or update or delete on entries
  for each row execute function record_entry_change();

grant select on audit_log to diary_app;

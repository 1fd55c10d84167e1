-- The clinic and the patient of the smoke test. Migration 0001 made them; this brings them back where they were removed.
-- FORCE binds the owner of the tables, so a seed says for which clinic it writes.
set local row_security = on;
select set_config('app.clinic_id', '00000000-0000-4000-8000-00000000c11c', true);

insert into clinics (id, name)
values ('00000000-0000-4000-8000-00000000c11c', 'Smoke test')
on conflict (id) do nothing;

insert into patients (id, clinic_id, name)
values ('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-00000000c11c', 'Smoke test')
on conflict (id) do nothing;

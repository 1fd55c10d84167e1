-- A second clinic, because most mistakes about who sees what need two.
set local row_security = on;
select set_config('app.clinic_id', '20000000-0000-4000-8000-000000000002', true),
       set_config('app.actor', 'seed', true);

insert into clinics (id, name)
values ('20000000-0000-4000-8000-000000000002', 'Harbour clinic')
on conflict (id) do nothing;

insert into patients (id, clinic_id, name, language)
values ('20000000-0000-4000-8000-0000000000b1', '20000000-0000-4000-8000-000000000002', 'Patient 4', 'en')
on conflict (id) do nothing;

insert into entries (id, clinic_id, patient_id, mood, note, created_at, updated_at)
select md5('entry ' || p.id || ' ' || day)::uuid, p.clinic_id, p.id, 5 - day % 5, 'day ' || day,
       timestamptz '2026-01-05 18:00Z' + day * interval '1 day', timestamptz '2026-01-05 18:00Z' + day * interval '1 day'
from patients p cross join generate_series(1, 7) as day
where p.clinic_id = '20000000-0000-4000-8000-000000000002'
on conflict (id) do nothing;

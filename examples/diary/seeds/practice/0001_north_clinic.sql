-- A made-up clinic with three patients, who have written for four weeks.
set local row_security = on;
select set_config('app.clinic_id', '10000000-0000-4000-8000-000000000001', true),
       set_config('app.actor', 'seed', true);

insert into clinics (id, name)
values ('10000000-0000-4000-8000-000000000001', 'North clinic')
on conflict (id) do nothing;

insert into patients (id, clinic_id, name, language)
values
  ('10000000-0000-4000-8000-0000000000a1', '10000000-0000-4000-8000-000000000001', 'Patient 1', 'en'),
  ('10000000-0000-4000-8000-0000000000a2', '10000000-0000-4000-8000-000000000001', 'Patient 2', 'de'),
  ('10000000-0000-4000-8000-0000000000a3', '10000000-0000-4000-8000-000000000001', 'Patient 3', 'fr')
on conflict (id) do nothing;

-- Ids and days are the same in every run, so that a later one finds each entry there.
insert into entries (id, clinic_id, patient_id, mood, note, created_at, updated_at)
select md5('entry ' || p.id || ' ' || day)::uuid, p.clinic_id, p.id, 1 + day % 5, 'day ' || day,
       timestamptz '2026-01-05 08:00Z' + day * interval '1 day', timestamptz '2026-01-05 08:00Z' + day * interval '1 day'
from patients p cross join generate_series(1, 28) as day
where p.clinic_id = '10000000-0000-4000-8000-000000000001'
on conflict (id) do nothing;

-- A second clinic, and entries of both that the audit log has seen: row-level security is probed with two tenants.
insert into clinics (id, name) values ('00000000-0000-4000-8000-00000000c22c', 'Second clinic');
insert into patients (id, clinic_id, name)
values ('00000000-0000-4000-8000-0000000000bb', '00000000-0000-4000-8000-00000000c22c', 'Second patient');

-- The audit log is written by its owner, whom its policy binds as well.
select set_config('app.clinic_id', '00000000-0000-4000-8000-00000000c11c', true);
insert into entries (clinic_id, patient_id, mood, note)
values ('00000000-0000-4000-8000-00000000c11c', '00000000-0000-4000-8000-0000000000aa', 3, 'of the first');
select set_config('app.clinic_id', '00000000-0000-4000-8000-00000000c22c', true);
insert into entries (clinic_id, patient_id, mood, note)
values ('00000000-0000-4000-8000-00000000c22c', '00000000-0000-4000-8000-0000000000bb', 3, 'of the second');

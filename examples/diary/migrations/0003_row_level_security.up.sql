-- The service connects as diary_app, which owns nothing. What it may see is decided by two settings of its
-- transaction: app.clinic_id, and app.patient_id when a patient asks. Without app.clinic_id it sees nothing.
-- FORCE binds the owner of the tables as well.
alter table clinics enable row level security;
alter table clinics force row level security;
create policy clinics_of_the_caller on clinics
  using (id = nullif(current_setting('app.clinic_id', true), '')::uuid);

alter table patients enable row level security;
alter table patients force row level security;
create policy patients_of_the_caller on patients
  using (
    clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid
    and id = coalesce(nullif(current_setting('app.patient_id', true), '')::uuid, id)
  );

alter table entries enable row level security;
alter table entries force row level security;
create policy entries_of_the_caller on entries
  using (
    clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid
    and patient_id = coalesce(nullif(current_setting('app.patient_id', true), '')::uuid, patient_id)
  );

grant select on clinics to diary_app;
grant select on patients to diary_app;
grant select, insert, update, delete on entries to diary_app;

revoke select, insert, update, delete on entries from diary_app;
revoke select on patients from diary_app;
revoke select on clinics from diary_app;

drop policy entries_of_the_caller on entries;
alter table entries no force row level security;
alter table entries disable row level security;

drop policy patients_of_the_caller on patients;
alter table patients no force row level security;
alter table patients disable row level security;

drop policy clinics_of_the_caller on clinics;
alter table clinics no force row level security;
alter table clinics disable row level security;

alter table patients drop constraint patients_language_is_known;
alter table patients add constraint patients_language_is_known check (language is not null) not valid;

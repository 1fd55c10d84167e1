alter table patients drop constraint patients_language_is_known;

alter table patients drop column locale;

alter table patients drop column language;

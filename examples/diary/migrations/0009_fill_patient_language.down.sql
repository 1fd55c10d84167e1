alter table patients no force row level security;
update patients set language = null where language is not null;
alter table patients force row level security;

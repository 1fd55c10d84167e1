-- The country is gone; what every app wrote comes back.
alter table patients add column locale text not null default 'en-US';

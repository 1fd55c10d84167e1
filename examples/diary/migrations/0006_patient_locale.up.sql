-- Which words a patient reads. Every app so far writes American English.
alter table patients add column locale text not null default 'en-US';

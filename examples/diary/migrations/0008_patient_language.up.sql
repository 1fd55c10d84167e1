-- slipway: phase=expand
-- A language without a country takes the place of locale. The default is for new rows only: 0009 fills the others.
alter table patients add column language text;
alter table patients alter column language set default 'en';

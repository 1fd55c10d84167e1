-- slipway: phase=expand
-- Not valid yet: that looks at new rows only and holds up nobody. 0011 looks at the old ones.
alter table patients add constraint patients_language_is_known check (language is not null) not valid;

-- slipway: expect-rows=1..
-- FORCE binds the owner, who has no clinic, so the update would find no patient. It is lifted and put back in the same
-- transaction, whose lock nobody passes; the service, which owns nothing, is bound all the time.
alter table patients no force row level security;
update patients set language = split_part(locale, '-', 1) where language is null;
alter table patients force row level security;

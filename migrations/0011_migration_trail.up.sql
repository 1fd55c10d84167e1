-- Where the steps that migrate an app's database are among an environment's records. Found by their text, which is
-- canonical: what is no JSON any more must not hide the rest.
create index migration_trail on slipway_ledger.records (app, env, seq)
where record like '%migrate","type":"step"}%';

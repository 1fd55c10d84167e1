-- slipway: no-transaction
create index concurrently entries_by_day on entries (clinic_id, created_at);

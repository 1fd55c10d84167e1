-- slipway: no-transaction
drop index concurrently entries_by_day;

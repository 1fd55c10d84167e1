drop function slipway_ledger.remember_checkpoint(bigint, bytea, bytea, text, json);
drop table slipway_ledger.checkpoints;

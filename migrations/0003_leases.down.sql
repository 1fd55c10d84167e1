drop function slipway_ledger.release_lease(text, text, text, bigint);
drop function slipway_ledger.renew_lease(text, text, text, bigint, double precision);
drop function slipway_ledger.take_lease(text, text, text, text, double precision);

drop function slipway_ledger.append(uuid, text, text);
drop function slipway_ledger.apply_change(json, bigint, timestamptz, json);
drop function slipway_ledger.check_fence(text, text, bigint);

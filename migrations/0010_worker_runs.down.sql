-- The role stays: other databases of this server may use it.
drop function slipway_ledger.post_answer(uuid, text, bigint, text);
drop function slipway_ledger.look_for_requests(uuid, text, bigint, bigint);
drop function slipway_ledger.claim_worker_run(uuid, text);
drop function slipway_ledger.end_worker_run(uuid);
drop function slipway_ledger.look_for_answers(uuid, bigint);
drop function slipway_ledger.post_request(uuid, bigint, bigint, text);
drop function slipway_ledger.begin_worker_run(uuid, text, text);
drop table slipway_ledger.worker_letters;
drop table slipway_ledger.worker_runs;

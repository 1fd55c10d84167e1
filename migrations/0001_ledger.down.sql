drop table slipway_ledger.commits;
drop table slipway_ledger.deployments;
drop table slipway_ledger.leases;
drop table slipway_ledger.records;
drop table slipway_ledger.head;

drop index slipway_ledger.migration_trail;

-- The roles stay: other databases of this server may use them.
do $$
begin
  if (select relowner from pg_class where oid = 'slipway_ledger.records'::regclass)
     = (select oid from pg_roles where rolname = 'slipway_owner') then
    execute format('grant create on schema slipway_ledger to %I', current_user);
    execute format('alter table slipway_ledger.head owner to %I', current_user);
    execute format('alter table slipway_ledger.records owner to %I', current_user);
    execute format('alter table slipway_ledger.leases owner to %I', current_user);
    execute format('alter table slipway_ledger.deployments owner to %I', current_user);
    execute format('alter table slipway_ledger.commits owner to %I', current_user);
    execute format('alter function slipway_ledger.check_fence(text, text, bigint) owner to %I', current_user);
    execute format('alter function slipway_ledger.apply_change(json, bigint, timestamptz, json) owner to %I', current_user);
    execute format('alter function slipway_ledger.append(uuid, text, text) owner to %I', current_user);
    execute format('alter function slipway_ledger.take_lease(text, text, text, text, double precision) owner to %I', current_user);
    execute format('alter function slipway_ledger.renew_lease(text, text, text, bigint, double precision) owner to %I', current_user);
    execute format('alter function slipway_ledger.release_lease(text, text, text, bigint) owner to %I', current_user);
    execute format('alter function slipway_ledger.refuse_change() owner to %I', current_user);
  end if;
  if exists (select 1 from pg_roles where rolname = 'slipway_reader') then
    revoke all on all functions in schema slipway_ledger from slipway_owner, slipway_writer, slipway_reader;
    revoke all on all tables in schema slipway_ledger from slipway_owner, slipway_writer, slipway_reader;
    revoke all on schema slipway_ledger from slipway_owner, slipway_writer, slipway_reader;
  end if;
end
$$;

grant execute on all functions in schema slipway_ledger to public;

-- Three roles: the owner, whom nobody logs in as; the writer, who may only call the functions; the reader. Roles belong to
-- the whole server, so they may be there already, and the role that runs this may lack the right to make them: then one
-- role owns and writes, and `slipway audit verify` says so.

revoke all on all functions in schema slipway_ledger from public;

do $$
declare
  role_name text;
  may_create constant boolean :=
    (select rolsuper or rolcreaterole from pg_roles where rolname = current_user);
begin
  foreach role_name in array array['slipway_owner', 'slipway_writer', 'slipway_reader'] loop
    if may_create and not exists (select 1 from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin', role_name);
      exception when duplicate_object or unique_violation then
        -- Another database of this server made it at the same moment.
        null;
      end;
    end if;
    if not exists (select 1 from pg_roles where rolname = role_name) then
      raise notice 'role % cannot be made by %: one role owns and writes this ledger', role_name, current_user;
      return;
    end if;
  end loop;

  grant usage on schema slipway_ledger to slipway_owner, slipway_writer, slipway_reader;
  grant select on all tables in schema slipway_ledger to slipway_writer, slipway_reader;
  grant execute on function
    slipway_ledger.append(uuid, text, text),
    slipway_ledger.take_lease(text, text, text, text, double precision),
    slipway_ledger.renew_lease(text, text, text, bigint, double precision),
    slipway_ledger.release_lease(text, text, text, bigint)
    to slipway_writer;

  -- Only a member of a role can give it something to own.
  if not pg_has_role(current_user, 'slipway_owner', 'member') then
    begin
      execute format('grant slipway_owner to %I', current_user);
    exception when insufficient_privilege then
      raise notice '% cannot give the ledger to slipway_owner and keeps it', current_user;
      return;
    end;
  end if;
  grant create on schema slipway_ledger to slipway_owner;
  alter table slipway_ledger.head owner to slipway_owner;
  alter table slipway_ledger.records owner to slipway_owner;
  alter table slipway_ledger.leases owner to slipway_owner;
  alter table slipway_ledger.deployments owner to slipway_owner;
  alter table slipway_ledger.commits owner to slipway_owner;
  alter function slipway_ledger.check_fence(text, text, bigint) owner to slipway_owner;
  alter function slipway_ledger.apply_change(json, bigint, timestamptz, json) owner to slipway_owner;
  alter function slipway_ledger.append(uuid, text, text) owner to slipway_owner;
  alter function slipway_ledger.take_lease(text, text, text, text, double precision) owner to slipway_owner;
  alter function slipway_ledger.renew_lease(text, text, text, bigint, double precision) owner to slipway_owner;
  alter function slipway_ledger.release_lease(text, text, text, bigint) owner to slipway_owner;
  alter function slipway_ledger.refuse_change() owner to slipway_owner;
  revoke create on schema slipway_ledger from slipway_owner;
end
$$;

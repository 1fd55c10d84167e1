-- These stop mistakes and whoever may only write. They do not stop a superuser, who can disable them: against that the
-- hashes stand, and a copy of the head that is kept elsewhere.

create function slipway_ledger.refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% on slipway_ledger.% is refused: the ledger is only appended to', tg_op, tg_table_name
    using errcode = 'SL002';
end
$$;

create trigger only_appended before update or delete on slipway_ledger.records
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.records
  for each statement execute function slipway_ledger.refuse_change();
create trigger only_appended before update or delete on slipway_ledger.commits
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.commits
  for each statement execute function slipway_ledger.refuse_change();
create trigger never_deleted before delete on slipway_ledger.deployments
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.deployments
  for each statement execute function slipway_ledger.refuse_change();
create trigger never_deleted before delete on slipway_ledger.leases
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.leases
  for each statement execute function slipway_ledger.refuse_change();
create trigger never_deleted before delete on slipway_ledger.head
  for each row execute function slipway_ledger.refuse_change();
create trigger never_emptied before truncate on slipway_ledger.head
  for each statement execute function slipway_ledger.refuse_change();

create trigger one_by_one before update on slipway_ledger.head
  for each row when (new.seq <> old.seq + 1 or new.log <> old.log or new.at < old.at)
  execute function slipway_ledger.refuse_change();
create trigger fence_only_grows before update on slipway_ledger.leases
  for each row when (new.fence < old.fence or new.app <> old.app or new.env <> old.env)
  execute function slipway_ledger.refuse_change();

-- ALWAYS: also where session_replication_role = replica switches ordinary triggers off.
alter table slipway_ledger.records enable always trigger only_appended;
alter table slipway_ledger.records enable always trigger never_emptied;
alter table slipway_ledger.commits enable always trigger only_appended;
alter table slipway_ledger.commits enable always trigger never_emptied;
alter table slipway_ledger.deployments enable always trigger never_deleted;
alter table slipway_ledger.deployments enable always trigger never_emptied;
alter table slipway_ledger.leases enable always trigger never_deleted;
alter table slipway_ledger.leases enable always trigger never_emptied;
alter table slipway_ledger.leases enable always trigger fence_only_grows;
alter table slipway_ledger.head enable always trigger never_deleted;
alter table slipway_ledger.head enable always trigger never_emptied;
alter table slipway_ledger.head enable always trigger one_by_one;

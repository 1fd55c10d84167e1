-- The only way in. The writer gives its part as canonical JSON; place, time, log and hash are set here, under the lock
-- of the head row, and the changes of state are made in the same transaction. The frame's keys are written in the order
-- of RFC 8785 and its own values need no escapes, so the whole is canonical when the parts are.
create or replace function slipway_ledger.append(of_id uuid, entry_text text, changes_text text)
returns table (seq bigint, record text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  entry constant json := entry_text::json;
  last slipway_ledger.head%rowtype;
  next_seq bigint;
  next_at timestamptz;
  next_record text;
  next_hash bytea;
  change json;
begin
  -- Not as an option of the function: that would end with the function, before the commit that it is about.
  perform set_config('synchronous_commit', 'on', true);
  perform slipway_ledger.check_fence(entry ->> 'app', entry ->> 'env', (entry ->> 'fence')::bigint);
  select * into strict last from slipway_ledger.head for update;

  return query select r.seq, r.record from slipway_ledger.records r where r.id = of_id;
  if found then
    return;
  end if;

  next_seq := last.seq + 1;
  -- A clock that was set back must not look like a record that was moved.
  next_at := greatest(clock_timestamp(), last.at);
  next_record := concat(
    '{"at":"', to_char(next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    '","changes":', changes_text,
    ',"entry":', entry_text,
    ',"id":"', of_id,
    '","log":"', last.log,
    '","seq":', next_seq, '}');
  next_hash := sha256('\x00'::bytea || last.entry_hash || convert_to(next_record, 'UTF8'));

  insert into slipway_ledger.records (seq, id, app, env, deployment_id, record, prev_hash, entry_hash)
  values (next_seq, of_id, entry ->> 'app', entry ->> 'env', entry ->> 'deploymentId',
          next_record, last.entry_hash, next_hash);
  update slipway_ledger.head set seq = next_seq, entry_hash = next_hash, at = next_at;

  for change in select json_array_elements(changes_text::json) loop
    perform slipway_ledger.apply_change(change, next_seq, next_at, entry);
  end loop;
  return query select next_seq, next_record;
end
$$;

-- The only way in, as before, and now for acts too. An act (`"type":"act"`) has no fence and may only make the changes of
-- apply_act; everything else has a fence, which is checked, and may only make those of apply_change. The entry is parsed
-- once. The head row is locked before the lease's row, so that appends stand in one queue instead of sharing locks.
create or replace function slipway_ledger.append(of_id uuid, entry_text text, changes_text text)
returns table (seq bigint, record text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  entry record;
  last slipway_ledger.head%rowtype;
  next_seq bigint;
  next_at timestamptz;
  next_record text;
  next_hash bytea;
  change json;
begin
  -- Not as an option of the function: that would end with the function, before the commit that it is about.
  perform set_config('synchronous_commit', 'on', true);
  select * into strict entry
  from json_to_record(entry_text::json)
    as given (type text, app text, env text, "deploymentId" text, fence bigint);
  select * into strict last from slipway_ledger.head for update;

  if entry.type is distinct from 'act' then
    perform slipway_ledger.check_fence(entry.app, entry.env, entry.fence);
  elsif entry.fence is not null then
    raise exception 'an act has no fence';
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
  values (next_seq, of_id, entry.app, entry.env, entry."deploymentId", next_record, last.entry_hash, next_hash)
  on conflict (id) do nothing;
  if not found then
    return query select r.seq, r.record from slipway_ledger.records r where r.id = of_id;
    return;
  end if;
  update slipway_ledger.head set seq = next_seq, entry_hash = next_hash, at = next_at;

  if changes_text <> '[]' then
    for change in select json_array_elements(changes_text::json) loop
      if entry.type = 'act' then
        perform slipway_ledger.apply_act(change, next_at, entry_text::json);
      else
        perform slipway_ledger.apply_change(change, next_seq, next_at, entry_text::json);
      end if;
    end loop;
  end if;
  return query select next_seq, next_record;
end
$$;

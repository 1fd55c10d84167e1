import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "pg";
import { testDatabase } from "./support/database.ts";
import { migrate, migrations } from "./support/migrate.ts";

const ROWS_ONLY = new Set(["0009_fill_patient_language"]);

const { owner } = await testDatabase("empty");

test("every migration can be undone and done again, each leaving the schema it found", async () => {
  const names = await migrations();
  assert.ok(names.length >= 12);
  for (const name of names) {
    const before = await schema(owner);
    await migrate(owner, "up", [name]);
    const after = await schema(owner);
    if (!ROWS_ONLY.has(name)) assert.notDeepEqual(after, before, `${name} changes nothing`);

    await migrate(owner, "down", [name]);
    assert.deepEqual(await schema(owner), before, `${name}.down.sql does not undo its up`);
    await migrate(owner, "up", [name]);
    assert.deepEqual(await schema(owner), after);
  }

  await migrate(owner, "down");
  assert.deepEqual(await schema(owner), []);
});

/** Everything in the schema that a migration can change, one line each. */
async function schema(client: Client): Promise<string[]> {
  const found = await client.query<{ line: string }>(`
    select format('table %s %s rls=%s force=%s acl=%s', relkind, relname, relrowsecurity, relforcerowsecurity, coalesce(relacl, acldefault('r', relowner))) as line
      from pg_class where relnamespace = 'public'::regnamespace
    union all
    select format('column %s.%s %s not null=%s default=%s', attrelid::regclass, attname,
                  format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
      from pg_attribute join pg_class on pg_class.oid = attrelid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
    union all
    select format('constraint %s %s', conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select format('index %s', pg_get_indexdef(indexrelid))
      from pg_index join pg_class on pg_class.oid = indexrelid where relnamespace = 'public'::regnamespace
    union all
    select format('policy %s', pg_policies) from pg_policies where schemaname = 'public'
    union all
    select format('function %s acl=%s', pg_get_functiondef(oid), coalesce(proacl, acldefault('f', proowner)))
      from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select format('trigger %s', pg_get_triggerdef(pg_trigger.oid))
      from pg_trigger join pg_class on pg_class.oid = tgrelid
      where relnamespace = 'public'::regnamespace and not tgisinternal
    order by line`);
  return found.rows.map((row) => row.line);
}

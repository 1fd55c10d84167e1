import type { Client } from "pg";
import { beforeEach, expect, test } from "vitest";
import { migrateRls } from "../../../src/actions/migrate-rls.ts";
import { rowSecurityOf } from "../../../src/adapters/postgres/open-row-security.ts";
import type { RlsConfig } from "../../../src/core/config/database-types.ts";
import { sentence } from "../../../src/core/errors.ts";
import { describeRls, type RlsReport } from "../../../src/core/rls/rls-report.ts";
import { Secret } from "../../../src/core/secret.ts";
import { until } from "../../cloud/until.ts";
import { useDatabase } from "../../support/postgres.ts";

const database = useDatabase();
const signal = new AbortController().signal;
/** A name that ends every careless statement around it. */
const EVIL = `"it's ""; drop table entries; --"`;

const CONFIG: RlsConfig = {
  tenantColumn: "clinic_id",
  tenantSetting: "app.clinic_id",
  appRole: "app's \"role",
  settings: {},
  tables: { clinics: { tenantColumn: "id" } },
  exempt: {},
  mutationScore: 100,
};
const APP = `"app's ""role"`;
const MINE = "nullif(current_setting('app.clinic_id', true), '')::int";

const SOUND = `
  create table clinics (id int primary key, name text);
  create table entries (id int primary key, clinic_id int not null references clinics, note bytea);
  create table ${EVIL} (id bigint generated always as identity primary key, clinic_id int not null, "it's" text);
  insert into clinics values (1, 'one'), (2, 'two');
  insert into entries values (1, 1, 'a\\\\b'), (2, 2, 'c''d'), (3, 2, null);
  insert into ${EVIL} (clinic_id, "it's") values (1, 'x'), (2, '\\ '' "');
  alter table clinics enable row level security, force row level security;
  alter table entries enable row level security, force row level security;
  alter table ${EVIL} enable row level security, force row level security;
  create policy of_clinic on clinics using (id = ${MINE});
  create policy of_clinic on entries using (clinic_id = ${MINE});
  create policy ${EVIL} on ${EVIL} using (clinic_id = ${MINE});
  create view entries_seen with (security_invoker = true) as select * from entries;
  create function their_count() returns bigint language sql security definer set search_path = pg_catalog, public
    as 'select count(*) from public.entries';
  revoke execute on function their_count() from public;
  grant select on clinics, entries_seen to ${APP};
  grant select, insert, update, delete on entries, ${EVIL} to ${APP};
`;

let admin: Client;

beforeEach(async () => {
  admin = await database.connect();
  for (const role of ["rls_owner", APP, "rls_other"]) {
    await admin.query(`drop role if exists ${role}`);
    await admin.query(`create role ${role}`);
  }
  await admin.query("alter schema public owner to rls_owner");
  await admin.query(`begin; set local role rls_owner; ${SOUND} commit`);
});

function look(config: Partial<RlsConfig> = {}, plant = false): Promise<RlsReport> {
  return migrateRls(
    { app: "diary", environment: "local" },
    { ...CONFIG, ...config },
    { plant, signal },
    rowSecurityOf(new Secret("url", database.url)),
  );
}

test("tenants that are kept apart are isolated, whatever tables are called, and every planted mistake is noticed", async () => {
  const report = await look({}, true);

  expect(report).toMatchObject({
    outcome: "isolated",
    tables: [`public.${EVIL}`, "public.clinics", "public.entries"],
    probes: 58,
    unprobed: [],
    mutation: { planted: 22, noticed: 22, score: 100, survived: [] },
    problems: [],
    exitCode: 0,
  });
  expect(describeRls(report)).toBe(
    "isolated: 3 tenant tables, 58 probes, 22 of 22 planted mistakes noticed (100 %)",
  );
});

test("nothing that probes and planted mistakes do is left", async () => {
  const state = `select (select json_agg(e order by id) from entries e), (select json_agg(c order by id) from clinics c),
    (select json_agg(row(relname, relrowsecurity, relforcerowsecurity, relowner, relacl::text) order by relname)
     from pg_class where relnamespace = 'public'::regnamespace),
    (select json_agg(row(polname, polqual::text, polwithcheck::text) order by oid) from pg_policy),
    (select json_agg(row(rolname, rolsuper, rolbypassrls) order by rolname) from pg_roles)`;
  const before = await admin.query(state);

  await look({}, true);
  expect((await admin.query(state)).rows).toEqual(before.rows);
});

const MISTAKES: Readonly<Record<string, string>> = {
  "row-level security is off": "alter table entries disable row level security",
  "the owner is not bound": "alter table entries no force row level security",
  "a policy lets all through": "create policy open on entries using (true)",
  "writing is not checked": "alter policy of_clinic on entries with check (true)",
  "the tenant is compared with itself": "alter policy of_clinic on entries using (clinic_id = clinic_id)",
  "an update that names no row": `drop policy of_clinic on entries;
    create policy r on entries for select using (clinic_id = ${MINE});
    create policy w on entries for update using (id > 0) with check (id > 0)`,
  "no tenant is all tenants": `alter policy of_clinic on entries using (clinic_id = coalesce(${MINE}, clinic_id))`,
  "there is no policy": "drop policy of_clinic on entries",
  "a superuser owns it": "alter table entries owner to postgres",
  "the app owns it": `alter table entries owner to ${APP}`,
  "the app may truncate": `grant truncate on entries to ${APP}`,
  "every role may read": "grant select on entries to public",
  "a view of the owner": `create view v as select * from entries_seen; grant select on v to ${APP}`,
  "a view of a superuser": `create view v as select * from entries; alter view v owner to postgres; grant select on v to ${APP}`,
  "a materialized view": `create materialized view v as select * from entries; grant select on v to ${APP}`,
  "a function of its owner": `create function f() returns setof entries language sql security definer
    as 'select * from public.entries'; alter function f() owner to postgres; grant execute on function f() to ${APP}`,
  "the app is a superuser": `alter role ${APP} superuser`,
  "the app has BYPASSRLS": `alter role ${APP} bypassrls`,
  "the app may become the owner": `grant rls_owner to ${APP}`,
  "a trigger speaks first": `create function no() returns trigger language plpgsql as 'begin raise ''no''; end';
    create trigger no before insert on entries for each row execute function no();
    alter table entries enable always trigger no`,
};

test("each mistake has its sentence", async () => {
  const told: string[] = [];
  for (const [name, sql] of Object.entries(MISTAKES)) {
    await admin.query(`begin; ${sql}; commit`);
    const { exitCode, problems } = await look({ mutationScore: 0 }, name.startsWith("an update"));
    told.push(
      `${name}: exit ${exitCode}`,
      ...problems.map((problem) => `  ${problem.code} ${sentence(problem)}`),
      "",
    );
    await admin.query(`alter role ${APP} nosuperuser nobypassrls; revoke rls_owner from ${APP}`);
    await admin.query("drop schema public cascade; create schema public authorization rls_owner");
    await admin.query(
      `begin; set local role rls_owner; grant usage on schema public to public; ${SOUND} commit`,
    );
  }

  await expect(told.join("\n")).toMatchFileSnapshot("../../golden/rls/mistakes.txt");
});

test("what proves nothing is told: no second tenant, a wrong name, a role that sees nothing, too low a score", async () => {
  await admin.query("delete from entries where clinic_id = 2");
  const told: string[] = [];
  for (const [name, config, plant] of [
    ["one tenant, in an environment", {}, false],
    ["one tenant, with mistakes planted", {}, true],
    ["no such role", { appRole: "nobody" }, false],
    ["no such column", { tenantColumn: "tenant", tables: {} }, false],
    ["no such table", { tables: { clinics: { tenantColumn: "id" }, clincs: { tenantColumn: "id" } } }, false],
    ["another setting", { tenantSetting: "app.tenant", exempt: { entries: "one tenant" } }, true],
  ] as const) {
    const report = await look(config, plant);
    const problems = report.problems.map((problem) => `  ${problem.code} ${sentence(problem)}`);
    told.push(`${name}: exit ${report.exitCode}`, describeRls(report), ...problems, "");
  }

  await expect(told.join("\n")).toMatchFileSnapshot("../../golden/rls/unproven.txt");
});

test("a role that may not become the app's is refused, and proves nothing", async () => {
  await admin.query("alter role rls_other login password 'x'");
  const probe = rowSecurityOf(new Secret("url", database.urlAs("rls_other", "x")));
  await admin.query(
    "grant select on all tables in schema public to rls_other; alter role rls_other bypassrls",
  );

  await expect(probe(CONFIG, { plant: false, signal })).rejects.toMatchObject({
    problems: [{ code: "RLS_ROLE_NOT_ALLOWED", at: APP }],
  });
});

test("a stop ends a probe that is under way, on the server too", async () => {
  await admin.query(`create function slow() returns boolean language sql as $$ select pg_sleep(50) is not null $$;
    alter policy of_clinic on entries using (slow() and clinic_id = ${MINE})`);
  const stop = new AbortController();
  const probe = rowSecurityOf(new Secret("url", database.url), "a probe that is stopped");
  const probing = migrateRls(
    { app: "diary", environment: "local" },
    CONFIG,
    { plant: false, signal: stop.signal },
    probe,
  );
  const asleep = `select from pg_stat_activity
    where application_name = 'a probe that is stopped' and wait_event = 'PgSleep'`;
  const count = async () => (await admin.query(asleep)).rowCount ?? 0;
  await until(count, (sleeping) => sleeping === 1, 30);

  stop.abort();

  await expect(probing).rejects.toMatchObject({ exit: "interrupted" });
  await until(count, (sleeping) => sleeping === 0, 30);
});

test("the rows of a table that the looking role cannot see are told as not probed", async () => {
  await admin.query("alter role rls_owner login password 'x'");
  const probe = rowSecurityOf(new Secret("url", database.urlAs("rls_owner", "x")));

  const { unprobed, probes } = await probe(CONFIG, { plant: false, signal });
  expect(probes).toEqual([]);
  expect(unprobed.at(-1)).toEqual({
    table: "public.entries",
    because: "row-level security hides its rows from the role that looks",
  });
});

import type { Chapter } from "../planted.ts";
import { pair } from "../small-app.ts";

const RLS = { tenantColumn: "clinic_id", tenantSetting: "app.clinic_id", appRole: "planted_app" };
const config = { database: { rls: RLS } };
const IN_ITS_OWN = ["migrate", "rls", "--server-env=SERVER"];

/** The gate as a whole. Each hole by itself: test/golden/rls/mistakes.txt. */
export const ROW_SECURITY: Chapter = {
  promise: "Row-level security",
  mistakes: [
    {
      mistake: "a table of tenants that nobody closed",
      argv: IN_ITS_OWN,
      exit: 12,
      codes: ["RLS_OFF", "RLS_LEAK", "RLS_LEAK", "RLS_MUTATION_SCORE"],
      config,
      files: {
        ...pair(
          "0004_visits",
          "create table visits (id int, clinic_id int);\ngrant select, insert, update, delete on visits to planted_app;",
          "drop table visits;",
        ),
        "seeds/rehearsal/0000_roles.sql":
          "do $$ begin if not exists (select from pg_roles where rolname = 'planted_app') then create role planted_app; end if; end $$;\n",
        "seeds/rehearsal/0004_rows.sql": "insert into visits values (1, 1), (2, 2);\n",
      },
    },
    {
      mistake: "a migration that fails where row-level security is probed",
      argv: IN_ITS_OWN,
      exit: 12,
      codes: ["RLS_SCRATCH_FAILED"],
      config,
      files: { "migrations/0003_mail.up.sql": "alter table users add column mail nothing;\n" },
    },
    {
      mistake: "probing on a server where the role is no superuser",
      argv: IN_ITS_OWN,
      exit: 2,
      codes: ["RLS_NEEDS_SUPERUSER"],
      config: { database: { rls: { ...RLS, appRole: "planted_other_app" } } },
      files: {
        ...pair(
          "0004_visits",
          `create table visits (id int, clinic_id int);
alter table visits enable row level security;
alter table visits force row level security;
create policy own on visits using (clinic_id = nullif(current_setting('app.clinic_id', true), '')::int);
grant select, insert, update, delete on visits to planted_other_app;`,
          "drop table visits;",
        ),
        "seeds/rehearsal/0000_roles.sql":
          "create role planted_other_app; grant planted_other_app to current_user;\n",
        "seeds/rehearsal/0004_rows.sql":
          "alter table visits no force row level security; insert into visits values (1, 1), (2, 2); alter table visits force row level security;\n",
      },
      prepare: async (stage) => {
        const { admin } = stage.theatre;
        await admin.query("create role planted_maker login createdb createrole password 'x'");
        stage.variables["SERVER"] = stage.theatre.urlOf("postgres", { user: "planted_maker", password: "x" });
      },
    },
    {
      mistake: "a config that does not say how tenants are kept apart",
      argv: IN_ITS_OWN,
      exit: 2,
      codes: ["RLS_NOT_CONFIGURED"],
    },
  ],
};

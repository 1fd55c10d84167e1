import { FakePooler } from "../../fakes/fake-pooler.ts";
import type { Chapter, Planted } from "../planted.ts";
import { pair } from "../small-app.ts";
import type { Stage } from "../stage.ts";

const UP = ["migrate", "up", "--env=local"];
const ADD_AGE = "alter table users add column age int;";
const age = (before = "") => pair("0004_age", `${before}${ADD_AGE}`, "alter table users drop column age;");

/** How often a migration is tried that did not get its locks. */
const TRIES = 5;

const sleeping =
  "select from pg_stat_activity where query ~ 'pg_sleep' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()";

/** Ends the session of the migration, or the one that holds its lock. */
const kill = (application: string) => async (stage: Stage) => {
  await stage.until(sleeping);
  await stage.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name ~ '${application}'`,
  );
};

const waiting: readonly Planted[] = [
  {
    mistake: "somebody else is migrating",
    argv: UP,
    exit: 30,
    codes: ["MIGRATIONS_LOCKED"],
    files: age(),
    prepare: async (stage) => {
      const holder = await stage.connect("slipway migrate, process 1, lock");
      await holder.query("select pg_advisory_lock(5497420001)");
    },
  },
  {
    mistake: "a report keeps the table open",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_LOCK_TIMEOUT"],
    files: age("set local lock_timeout = '700ms';\n"),
    prepare: async (stage) => {
      const report = await stage.connect("nightly report");
      await report.query("begin; lock table users in access share mode");
    },
    story: /waits for a lock held by/,
  },
  {
    mistake: "a statement that takes longer than its time",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_TIMEOUT"],
    files: age("-- slipway: statement-timeout=1s\nselect pg_sleep(120);\n"),
  },
  {
    mistake: "a migration and a transaction of the app that wait for each other",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_DEADLOCK"],
    sql: "create table orders (id int)",
    files: age(
      "set local lock_timeout = '20s';\nlock table orders in access exclusive mode;\nselect pg_sleep(1);\n",
    ),
    meanwhile: async (stage) => {
      const app = await stage.connect("diary-api");
      // It waits longer than the migration before it looks for a deadlock, so that the migration is the one that ends.
      await app.query("set deadlock_timeout = '30s'");
      for (let tries = 0; tries < TRIES; tries += 1) {
        await stage.until(sleeping);
        await app.query("begin; lock table users in row exclusive mode");
        await app.query("lock table orders in row exclusive mode");
        await app.query("rollback");
      }
    },
    story: /waits for a lock held by/,
  },
];

const stopped: readonly Planted[] = [
  {
    mistake: "the run is stopped by a signal",
    argv: UP,
    exit: 40,
    codes: ["INTERRUPTED"],
    files: age("select pg_sleep(120);\n"),
    signal: { name: "SIGTERM", when: sleeping },
    story: /ending in good order/,
  },
  {
    mistake: "the migration's session is killed",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_CONNECTION_LOST"],
    files: age("select pg_sleep(120);\n"),
    meanwhile: kill("process \\d+$"),
  },
  {
    mistake: "the session that holds the migration lock is killed",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_CONNECTION_LOST"],
    files: age("select pg_sleep(120);\n"),
    meanwhile: kill("process \\d+, lock$"),
  },
  {
    mistake: "the database goes away for good while a migration runs",
    argv: UP,
    exit: 41,
    codes: ["MIGRATION_OUTCOME_UNKNOWN"],
    files: age("select pg_sleep(120);\n"),
    meanwhile: async (stage) => {
      await stage.until(sleeping);
      const { admin } = stage.theatre;
      await admin.query(`alter database ${stage.database} allow_connections false`);
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${stage.database}'`,
      );
    },
  },
  {
    mistake: "the database is reached through a pooler",
    argv: UP,
    exit: 11,
    codes: ["DATABASE_BEHIND_POOLER"],
    prepare: async (stage) => {
      const pooler = await FakePooler.before(stage.url, { servers: 1, tells: "its own" });
      stage.onClose(() => pooler.close());
      await stage.pointTo(pooler.urlFor(stage.url));
    },
  },
  {
    mistake: "a role that may not change the table",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_NOT_ALLOWED"],
    files: age(),
    prepare: async (stage) => {
      await stage.query(
        "drop role if exists planted_role; create role planted_role login password 'x'; grant all on all tables in schema slipway_migrations, public to planted_role; grant usage on schema slipway_migrations to planted_role; grant usage on all sequences in schema slipway_migrations to planted_role",
      );
      await stage.pointTo(stage.theatre.urlOf(stage.database, { user: "planted_role", password: "x" }));
      stage.onClose(() => stage.query("drop owned by planted_role; drop role planted_role"));
    },
  },
  {
    mistake: "a statement that Postgres refuses",
    argv: UP,
    exit: 20,
    codes: ["MIGRATION_FAILED"],
    files: age("-- who is young\nselect agge from users;\n"),
  },
];

/** Locks, time limits, signals and lost sessions: nothing waits for ever, nothing stays half done, and who is in the way is named. */
export const RUNNING: Chapter = { promise: "Safety while running", mistakes: [...waiting, ...stopped] };

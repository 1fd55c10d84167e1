import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { RlsReport } from "../../src/core/rls/rls-report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { until } from "../cloud/until.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp, WORKER_IMAGE } from "./delivered-app.ts";
import { slipway, startSlipway } from "./slipway.ts";

const LONG = 240_000;
const ROLE = "remote_rls_app";
const RLS = { tenantColumn: "clinic", tenantSetting: "app.clinic", appRole: ROLE };
const MINE = "nullif(current_setting('app.clinic', true), '')::int";
const TASK = { as: "ecs-task", image: WORKER_IMAGE } as const;

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const { secrets } = app.practice.clients;
  await secrets.send(
    new CreateSecretCommand({ Name: "diary/local/worker-ledger-url", SecretString: database.url }),
  );
  configure("here");
  // Sets up the ledger.
  await slipway(["migrate", "up", "--env=local", `--project=${app.folder}`], app.env);
  configure(TASK);
  const client = await database.connect();
  await client.query(`drop role if exists ${ROLE}; create role ${ROLE};
    create role ${ROLE}_owner; create table notes (clinic int, note text);
    insert into notes values (1, 'one'), (2, 'two');
    alter table notes owner to ${ROLE}_owner;
    grant select, insert, update, delete on notes to ${ROLE}`);
});
afterEach(async () => {
  const client = await database.connect();
  await client.query(`drop table notes; drop role ${ROLE}; drop role ${ROLE}_owner`);
  await app.close();
});

function configure(runs: NonNullable<NonNullable<WrittenConfig["database"]>["runs"]>): void {
  const written = aWrittenConfig();
  const local = { cloud: "local" as const, ...written.environments["local"], smokeTimeoutSeconds: 2 };
  app.configure({ ...written, database: { runs, rls: RLS }, environments: { local } });
}

const words = (...more: readonly string[]) => [
  "migrate",
  "rls",
  "--env=local",
  `--project=${app.folder}`,
  ...more,
];

test(
  "an environment whose database only a task of ECS reaches is probed by it, with the same report and exit code",
  { timeout: LONG },
  async () => {
    const open = await slipway(words("--json"), app.env);
    expect(open.code).toBe(12);
    expect(open.stderr).toContain("the database is asked by a task of ECS in diary-local");
    expect(JSON.parse(open.stdout) as RlsReport).toMatchObject({
      outcome: "open",
      environment: "local",
      mutation: null,
      problems: expect.arrayContaining([
        expect.objectContaining({ code: "RLS_OFF", at: "public.notes" }),
      ]) as unknown,
    });
    configure("here");
    const direct = await slipway(words("--json"), app.env);
    expect({ code: direct.code, stdout: direct.stdout }).toEqual({ code: 12, stdout: open.stdout });
    expect(direct.stderr).toBe(open.stderr.replace(/^ *the database is asked by .*\n/m, ""));

    configure(TASK);
    const client = await database.connect();
    await client.query(`alter table notes enable row level security, force row level security;
      create policy mine on notes using (clinic = ${MINE})`);
    expect(await slipway(words(), app.env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^isolated: 1 tenant table, \d+ probes, no mistakes planted/) as string,
    });
    expect((await client.query("select * from notes order by 1")).rows).toEqual([
      { clinic: 1, note: "one" },
      { clinic: 2, note: "two" },
    ]);
  },
);

test("SIGINT while a task probes ends it, and is exit 40", { timeout: LONG }, async () => {
  const client = await database.connect();
  // Each probe of a row takes its time.
  await client.query(`create function slow() returns boolean language sql as $$ select pg_sleep(20) is not null $$;
    alter table notes enable row level security, force row level security;
    create policy mine on notes using (slow() and clinic = ${MINE})`);
  const running = startSlipway(words(), app.env);
  const probing = "select from pg_stat_activity where application_name like 'slipway migrate, run %'";
  await until(
    async () => (await client.query(probing)).rowCount ?? 0,
    (count) => count > 0,
    120,
  );

  running.child.kill("SIGINT");

  expect(await running.ended).toMatchObject({ code: 40, stdout: "" });
  await until(
    async () => (await client.query(probing)).rowCount ?? 0,
    (count) => count === 0,
    60,
  );
});

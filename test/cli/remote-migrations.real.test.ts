import { CreateProjectCommand } from "@aws-sdk/client-codebuild";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { until } from "../cloud/until.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp, WORKER_IMAGE } from "./delivered-app.ts";
import { slipway, startSlipway } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const { secrets } = app.practice.clients;
  await secrets.send(
    new CreateSecretCommand({ Name: "diary/local/worker-ledger-url", SecretString: database.url }),
  );
  configure({ as: "ecs-task", image: WORKER_IMAGE });
});
afterEach(() => app.close());

function configure(runs: NonNullable<NonNullable<WrittenConfig["database"]>["runs"]>): void {
  const written = aWrittenConfig();
  const local = { cloud: "local" as const, ...written.environments["local"], smokeTimeoutSeconds: 2 };
  app.configure({ ...written, database: { runs }, environments: { local } });
}

const words = (verb: readonly string[], ...more: string[]) => [
  ...verb,
  "--env=local",
  `--project=${app.folder}`,
  ...more,
];

const LONG = 240_000;

function migration(name: string, up: string): void {
  writeFileSync(join(app.folder, "migrations", `${name}.up.sql`), up);
  writeFileSync(join(app.folder, "migrations", `${name}.down.sql`), "select 1");
}

async function stoppedTasks() {
  const { ecs } = app.practice.clients;
  const cluster = "diary-local";
  const listed = await ecs.send(
    new ListTasksCommand({ cluster, family: "diary-local-slipway-worker", desiredStatus: "STOPPED" }),
  );
  const tasks = listed.taskArns ?? [];
  if (tasks.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? [];
}

/** Resolves when a migration sleeps in the database. */
async function asleep(): Promise<void> {
  const client = await database.connect();
  await until(
    async () => {
      const text = "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()";
      return (await client.query(text)).rowCount ?? 0;
    },
    (count) => count > 0,
    120,
  );
}

test(
  "a deployment whose migrations run as a task of ECS goes up, with its own records",
  { timeout: LONG },
  async () => {
    const ran = await slipway(words(["deploy"], `--release=${await app.publish(1)}`, "--json"), app.env);

    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout) as DeploymentReport).toMatchObject({ outcome: "deployed" });
    expect(ran.stderr).toContain("the database is asked by a task of ECS in diary-local");
    expect(ran.stderr).toContain("✓ migrate: 0001_entries.up.sql");
    const client = await database.connect();
    expect((await client.query("select * from entries")).rows).toEqual([]);
    const { rows } = await client.query<{ entry: { phase: string; data: { ran?: { file: string }[] } } }>(
      `select record::json -> 'entry' as entry from slipway_ledger.records
     where record::json -> 'entry' ->> 'step' = 'migrate' order by seq`,
    );
    expect(rows.map(({ entry }) => entry.phase)).toEqual(["intent", "outcome"]);
    expect(rows[1]?.entry.data.ran).toMatchObject([{ file: "0001_entries.up.sql" }]);
    // It ended by itself when the deployment had no more questions.
    const [task] = await until(stoppedTasks, (tasks) => tasks.length > 0);
    expect(task?.containers).toMatchObject([{ name: "slipway-worker", exitCode: 0 }]);
  },
);

test(
  "SIGINT while a task migrates: it is undone there, and the next run brings it up",
  { timeout: LONG },
  async () => {
    migration("0002_slow", "create table slow (); select pg_sleep(100)");
    const running = startSlipway(words(["migrate", "up"], "--json"), app.env);
    await asleep();

    running.child.kill("SIGINT");
    const ended = await running.ended;

    expect(ended.code).toBe(40);
    const client = await database.connect();
    expect((await client.query("select 1 from pg_class where relname = 'slow'")).rows).toEqual([]);
    migration("0002_slow", "create table slow ()");
    const again = await slipway(words(["migrate", "up"], "--json"), app.env);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      outcome: "migrated",
      ran: [{ file: "0002_slow.up.sql" }],
    });
  },
);

test(
  "a run that is killed while its task migrates: the worker undoes it and ends, and the next run goes on",
  { timeout: LONG },
  async () => {
    migration("0002_slow", "create table slow (); select pg_sleep(200)");
    const running = startSlipway(words(["migrate", "up"]), app.env);
    await asleep();

    running.child.kill("SIGKILL");
    await running.ended;

    const [task] = await until(stoppedTasks, (tasks) => tasks.length > 0, 60);
    expect(task?.stopCode).toBe("EssentialContainerExited");
    const client = await database.connect();
    expect((await client.query("select 1 from pg_class where relname = 'slow'")).rows).toEqual([]);
    migration("0002_slow", "create table slow ()");
    expect(await slipway(words(["migrate", "up"]), app.env)).toMatchObject({ code: 0 });
  },
);

test(
  "what is looked at by a task is what is looked at directly: the snapshot, its origin and the sizes of tables",
  { timeout: LONG },
  async () => {
    expect((await slipway(words(["migrate", "up"]), app.env)).code).toBe(0);
    const client = await database.connect();
    await client.query("analyze");
    const told = (verb: string) => slipway(words(["migrate", verb], "--json"), app.env);
    const worked = [await told("snapshot"), await told("statistics")];
    expect(worked.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining("the database is asked by a task of ECS"),
      expect.stringContaining("the database is asked by a task of ECS"),
    ]);
    expect(JSON.parse(worked[0]?.stdout ?? "")).toMatchObject({ environment: "local", owner: "postgres" });

    configure("here");
    const direct = [await told("snapshot"), await told("statistics")];
    expect(worked.map(({ stdout, code }) => ({ stdout, code }))).toEqual(
      direct.map(({ stdout, code }) => ({ stdout, code })),
    );
  },
);

test(
  "the same as a build of CodeBuild, with a failure told as where the database is reached directly",
  { timeout: LONG },
  async () => {
    await app.practice.clients.codebuild.send(
      new CreateProjectCommand({
        name: "diary-migrate",
        source: { type: "NO_SOURCE" },
        artifacts: { type: "NO_ARTIFACTS" },
        serviceRole: "arn:aws:iam::000000000000:role/build",
        environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: WORKER_IMAGE },
      }),
    );
    configure({ as: "codebuild", project: "diary-migrate" });
    migration("0002_wrong", "create table wrong ();\nselect nothing_of_that_name");

    const ran = await slipway(words(["migrate", "up"]), app.env);

    expect(ran.stderr).toContain("the database is asked by a build of CodeBuild's project diary-migrate");
    expect(ran.stderr).toContain('0002_wrong.up.sql:2: column "nothing_of_that_name" does not exist (42703)');
    const client = await database.connect();
    expect((await client.query("select * from entries")).rows).toEqual([]);
    configure("here");
    const direct = await slipway(words(["migrate", "up"]), app.env);
    expect(direct.code).toBe(ran.code);
    expect(direct.stderr).toContain(
      '0002_wrong.up.sql:2: column "nothing_of_that_name" does not exist (42703)',
    );
  },
);

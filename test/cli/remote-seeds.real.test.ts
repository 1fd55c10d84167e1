import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { SeedReport } from "../../src/core/seed/report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { until } from "../cloud/until.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp, WORKER_IMAGE } from "./delivered-app.ts";
import { slipway, startSlipway, type Ran } from "./slipway.ts";

const LONG = 240_000;
/** Writes one row, with the name of the session that wrote it. */
const WHO = `insert into entries (text) select current_setting('application_name')
  where not exists (select from entries where text like 'slipway%');\n`;

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const { secrets } = app.practice.clients;
  await secrets.send(
    new CreateSecretCommand({ Name: "diary/local/worker-ledger-url", SecretString: database.url }),
  );
  configure({ as: "ecs-task", image: WORKER_IMAGE });
  write("reference/0001_who.sql", WHO);
});
afterEach(() => app.close());

function configure(runs: NonNullable<NonNullable<WrittenConfig["database"]>["runs"]>): void {
  const written = aWrittenConfig();
  const local = { cloud: "local" as const, ...written.environments["local"], smokeTimeoutSeconds: 2 };
  app.configure({ ...written, database: { runs }, environments: { local } });
}

function write(file: string, text: string): void {
  const path = join(app.folder, "seeds", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const words = (...argv: readonly string[]) => ["migrate", ...argv, "--env=local", `--project=${app.folder}`];
const migrate = (...argv: readonly string[]) => slipway(words(...argv), app.env);
const reportOf = ({ stdout }: Ran) => JSON.parse(stdout) as SeedReport;
const WORKED = /^ *the database is asked by .*\n/gm;

async function texts(): Promise<readonly string[]> {
  const client = await database.connect();
  const { rows } = await client.query<{ text: string }>("select text from entries order by id");
  return rows.map(({ text }) => text);
}

async function seedRecords(deploymentId: string | null) {
  const client = await database.connect();
  const { rows } = await client.query<{ entry: { phase: string; outcome?: string; data: object } }>(
    `select record::jsonb -> 'entry' as entry from slipway_ledger.records
     where record::jsonb -> 'entry' ->> 'deploymentId' = $1 order by seq`,
    [deploymentId],
  );
  return rows.map(({ entry }) => ({ phase: entry.phase, outcome: entry.outcome, data: entry.data }));
}

test(
  "an environment whose database only a task of ECS reaches is seeded by it, with the deployment's own records",
  { timeout: LONG },
  async () => {
    expect((await migrate("seed")).stderr).toContain("has not had 0001_entries.up.sql");
    expect((await migrate("up")).code).toBe(0);
    expect(await migrate("seed", "--dry-run")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("reference/0001_who.sql") as string,
    });
    expect(await texts()).toEqual([]);

    const ran = await migrate("seed", "--json");

    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("the database is asked by a task of ECS in diary-local");
    const report = reportOf(ran);
    expect(report).toMatchObject({
      outcome: "seeded",
      sets: ["reference"],
      wrote: [{ table: "public.entries", inserted: 1, updated: 0, deleted: 0 }],
    });
    expect(await texts()).toEqual([expect.stringMatching(/^slipway migrate, run [0-9a-f-]{36}$/)]);
    const [{ file, sha256 } = { file: "", sha256: "" }] = report.files;
    expect(await seedRecords(report.deploymentId)).toMatchObject([
      { phase: "intent", data: { sets: ["reference"], keep: true, files: [{ file, sha256 }] } },
      { phase: "outcome", outcome: "done", data: { kind: "applied", keep: true, files: report.files } },
    ]);
    expect(await migrate("seed")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing to do: the database of diary in local has every row/) as string,
    });
  },
);

test(
  "a seed that writes again is told as where the database is reached directly, with the same exit code",
  { timeout: LONG },
  async () => {
    expect((await migrate("up")).code).toBe(0);
    write("local/0001_again.sql", "insert into entries (text) values ('again');\n");

    const ran = await migrate("seed");

    expect(ran.code).toBe(20);
    expect(ran.stderr).toContain(
      "local/0001_again.sql: a second run writes again: public.entries: 1 inserted",
    );
    configure("here");
    const direct = await migrate("seed");
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: direct.code, stdout: direct.stdout });
    const lines = (text: string) => text.replace(WORKED, "").replaceAll(/fence \d+|\d+(\.\d+)? m?s/g, "…");
    expect(lines(ran.stderr)).toBe(lines(direct.stderr));
    expect(await texts()).toEqual([]);
  },
);

test("SIGINT while a task seeds: nothing is kept, and the next run seeds", { timeout: LONG }, async () => {
  expect((await migrate("up")).code).toBe(0);
  write("reference/0002_slow.sql", "select pg_sleep(100);\n");
  const running = startSlipway(words("seed", "--json"), app.env);
  const client = await database.connect();
  const sleeping = "select from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()";
  await until(
    async () => (await client.query(sleeping)).rowCount ?? 0,
    (count) => count > 0,
    120,
  );

  running.child.kill("SIGINT");
  const ended = await running.ended;

  expect(ended.code).toBe(40);
  expect(reportOf(ended)).toMatchObject({
    outcome: "interrupted",
    problems: [{ code: "SEED_INTERRUPTED", at: "reference/0002_slow.sql" }],
  });
  expect(await texts()).toEqual([]);
  write("reference/0002_slow.sql", "select 1;\n");
  expect(await migrate("seed")).toMatchObject({ code: 0 });
});

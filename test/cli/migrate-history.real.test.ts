import { afterEach, beforeEach, expect, test } from "vitest";
import type { Client } from "pg";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import type { MigrateReport } from "../../src/core/migration/report.ts";
import { useDatabase } from "../support/postgres.ts";
import { DiaryHistory, diaryMigrations } from "./diary-history.ts";
import { slipway, type Ran } from "./slipway.ts";

const database = useDatabase();
let client: Client;
let diary: DiaryHistory;
beforeEach(async () => {
  client = await database.connect();
  diary = await DiaryHistory.begin(database, client);
});
afterEach(() => diary.app.close());

const UPS = diaryMigrations().filter((file) => file.endsWith(".up.sql"));
const DOWNS = diaryMigrations()
  .filter((file) => file.endsWith(".down.sql"))
  .toReversed();

const run = (...argv: string[]) => slipway([...argv, "--env=local"], diary.app.env, diary.app.folder);

async function deploy(n: number, upTo?: number): Promise<DeploymentReport & Ran> {
  const ran = await run("deploy", `--release=${await diary.publish(n, upTo)}`, "--json");
  return { ...(JSON.parse(ran.stdout || "null") as DeploymentReport), ...ran };
}

async function migrate(...argv: string[]): Promise<MigrateReport & Ran> {
  const ran = await run("migrate", ...argv, "--json");
  return { ...(JSON.parse(ran.stdout || "null") as MigrateReport), ...ran };
}

interface Recorded {
  readonly direction?: string;
  readonly files: readonly string[];
  readonly schemaBefore: string | null;
  readonly schema: string;
}

/** What the ledger holds of each run of migrations. */
async function recorded(): Promise<readonly Recorded[]> {
  const { rows } = await client.query<{
    intent: string | null;
    data: Recorded & { ran: { file: string }[] };
  }>(
    `with entries as (select seq, record::jsonb -> 'entry' as entry from slipway_ledger.records)
     select o.entry -> 'data' as data,
            (select i.entry -> 'data' ->> 'schema' from entries i
             where i.entry ->> 'deploymentId' = o.entry ->> 'deploymentId' and i.entry ->> 'step' = 'migrate'
               and i.entry ->> 'phase' = 'intent') as intent
     from entries o
     where o.entry ->> 'step' = 'migrate' and o.entry ->> 'outcome' = 'done' order by o.seq`,
  );
  return rows.map(({ intent, data: { direction, ran, schemaBefore, schema } }) => ({
    ...(direction !== undefined && { direction }),
    files: ran.map(({ file }) => file),
    schemaBefore: intent ?? schemaBefore,
    schema,
  }));
}

test("the whole history goes up through a deployment, down to nothing, and up again, on the record", async () => {
  const { sha256: empty } = JSON.parse((await run("migrate", "snapshot", "--json")).stdout) as {
    sha256: string;
  };

  const up = await deploy(1);
  expect({ code: up.code, outcome: up.outcome, problems: up.problems }).toEqual({
    code: 0,
    outcome: "deployed",
    problems: [],
  });
  const down = await migrate("down", "--to=nothing");
  expect({ code: down.code, problems: down.problems }).toEqual({ code: 0, problems: [] });
  const again = await migrate("up");
  expect({ code: again.code, problems: again.problems }).toEqual({ code: 0, problems: [] });

  const [first] = await recorded();
  const full = first?.schema ?? "";
  expect(await recorded()).toEqual([
    { direction: "up", files: UPS, schemaBefore: empty, schema: full },
    { direction: "down", files: DOWNS, schemaBefore: full, schema: empty },
    { direction: "up", files: UPS, schemaBefore: empty, schema: full },
  ]);
  expect(full).not.toBe(empty);
  expect((await run("migrate", "drift")).stdout).toContain(
    "the schema is as 0012_drop_patient_locale left it",
  );
  const audit = await slipway(["audit", "verify"], diary.app.env, diary.app.folder);
  expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining("intact") as string });
}, 120_000);

test("the contract waits for the old code to go and for its age to pass; then there is no way back across it", async () => {
  const early = { code: 11, outcome: "refused", exitCode: 11 };
  const told = ({ problems }: DeploymentReport) => problems.map(({ code, at, says }) => [code, at, says]);
  const contract = (says: string) => [["CONTRACT_TOO_EARLY", "0012_drop_patient_locale.up.sql", says]];
  const columns = async () =>
    (
      await client.query<{ name: string }>(
        "select column_name as name from information_schema.columns where table_name = 'patients' and column_name ~ '^l' order by 1",
      )
    ).rows.map(({ name }) => name);

  const old = await deploy(1, 7);
  expect(old).toMatchObject({ code: 0, outcome: "deployed" });
  const before = await deploy(5);
  expect(before).toMatchObject(early);
  expect(told(before)).toEqual(
    contract(`1.0.0 (${old.release}) runs here and was built before 0008_patient_language`),
  );
  expect(await columns()).toEqual(["locale"]);

  const expanding = await deploy(2, 11);
  expect(expanding).toMatchObject({ code: 0, outcome: "deployed" });
  const beside = await deploy(5);
  expect(beside).toMatchObject(early);
  expect(told(beside)).toEqual(
    contract(
      `2.0.0 (${expanding.release}) runs here and is the first with 0008_patient_language, so it may still need the old shape`,
    ),
  );

  expect(await deploy(6, 11)).toMatchObject({ code: 0, outcome: "deployed" });
  const young = await deploy(5);
  expect(young).toMatchObject(early);
  expect(told(young)).toEqual(
    contract(
      expect.stringMatching(
        /^0008_patient_language ran here at \S+Z and must be 7 days old; this opens at \S+Z$/,
      ) as string,
    ),
  );
  expect(await columns()).toEqual(["language", "locale"]);

  await client.query(
    "update slipway_migrations.migration_checksums set ran_at = ran_at - interval '7 days' where id ~ '^0008'",
  );
  expect(await deploy(5)).toMatchObject({ code: 0, outcome: "deployed", problems: [] });
  expect(await columns()).toEqual(["language"]);
  const back = await run("rollback");
  expect(back.code).toBe(11);
  expect(back.stderr).toContain("this contract migration has been applied, and 6.0.0");
}, 180_000);

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SeedReport } from "../../src/core/seed/report.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway, type Ran } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;

beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  await write({
    "reference/0001_hello.sql":
      "insert into entries (text) select 'hello' where not exists (select from entries where text = 'hello');\n",
    "local/0001_more.sql":
      "insert into entries (text)\nselect t from (values ('a'), ('b')) v (t) where t not in (select text from entries);\n",
  });
});
afterEach(() => app.close());

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    const path = join(app.folder, "seeds", file);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
  }
}

const migrate = (...argv: readonly string[]) => slipway(["migrate", ...argv], app.env, app.folder);
const seed = (...argv: readonly string[]) => migrate("seed", "--env=local", ...argv);
const reportOf = ({ stdout }: Ran) => JSON.parse(stdout) as SeedReport;

async function texts(): Promise<readonly string[]> {
  const { rows } = await (
    await database.connect()
  ).query<{ text: string }>("select text from entries order by 1");
  return rows.map(({ text }) => text);
}

test("seeds an environment after its migrations, once, measured and on the record", async () => {
  const early = await seed();
  expect(early).toMatchObject({ code: 11, stdout: "the database of diary in local was not seeded\n" });
  expect(early.stderr).toContain("has not had 0001_entries.up.sql");
  expect(early.stderr).toContain("slipway migrate up --env=local");
  expect((await migrate("up", "--env=local")).code).toBe(0);

  const tried = await seed("--dry-run");
  expect(tried.code).toBe(0);
  expect(tried.stdout).toContain(
    "dry run: this is what would be written into the database of diary in local",
  );
  expect(await texts()).toEqual([]);

  const first = await seed("--json");
  expect({ code: first.code, stderr: first.code === 0 ? "" : first.stderr }).toEqual({ code: 0, stderr: "" });
  const report = reportOf(first);
  expect(report).toMatchObject({
    outcome: "seeded",
    sets: ["reference", "local"],
    files: [{ file: "reference/0001_hello.sql" }, { file: "local/0001_more.sql" }],
    wrote: [{ table: "public.entries", inserted: 3, updated: 0, deleted: 0 }],
    problems: [],
    exitCode: 0,
  });
  expect(await texts()).toEqual(["a", "b", "hello"]);

  const again = await seed();
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(
    /^nothing to do: the database of diary in local has every row of reference, local\n/,
  );
  expect(await texts()).toEqual(["a", "b", "hello"]);

  const { rows } = await (
    await database.connect()
  ).query<{ entry: { phase: string; outcome: string | null; data: object } }>(
    `select record::jsonb -> 'entry' as entry from slipway_ledger.records
     where record::jsonb -> 'entry' ->> 'deploymentId' = $1 order by seq`,
    [report.deploymentId],
  );
  expect(rows.map(({ entry }) => [entry.phase, entry.data])).toMatchObject([
    [
      "intent",
      { sets: ["reference", "local"], files: report.files.map(({ file, sha256 }) => ({ file, sha256 })) },
    ],
    ["outcome", { kind: "applied", keep: true, files: report.files }],
  ]);
  expect((await slipway(["audit", "verify"], app.env, app.folder)).code).toBe(0);
}, 180_000);

test("undoes a seed that would write again, and names it", async () => {
  expect((await migrate("up", "--env=local")).code).toBe(0);
  await write({ "local/0002_again.sql": "insert into entries (text) values ('again');\n" });

  expect(await seed("--dry-run")).toMatchObject({ code: 12 });
  const ran = await seed();
  expect(ran).toMatchObject({
    code: 20,
    stdout: "a seed failed in the database of diary in local; all of the run was undone\n",
  });
  expect(ran.stderr).toContain("local/0002_again.sql: a second run writes again: public.entries: 1 inserted");
  expect(await texts()).toEqual([]);
  expect((await seed("--set=reference", "--json")).code).toBe(0);
  expect(await texts()).toEqual(["hello"]);
}, 180_000);

test("a set that the environment does not get is refused, and in production all but reference", async () => {
  const strange = await seed("--set=practice");
  expect(strange.code).toBe(2);
  expect(strange.stderr).toContain('local does not get the set "practice"');

  const { environments } = aWrittenConfig();
  const calm = { windows: false, approvals: false } as const;
  const production = { ...environments["local"], ...calm, cloud: "local" as const };
  const write = (seeds: string[] | undefined) =>
    writeFile(
      join(app.folder, "slipway.config.json"),
      JSON.stringify({
        ...aWrittenConfig(),
        environments: { production: { ...production, ...(seeds && { seeds }) } },
      }),
    );
  await write(["reference", "local"]);
  const configured = await migrate("seed", "--env=production");
  expect(configured.code).toBe(2);
  expect(configured.stderr).toContain('"local" would bring made-up rows into production');

  await write(undefined);
  const asked = await migrate("seed", "--env=production", "--set=local", "--json");
  expect(asked.code).toBe(10);
  expect(reportOf(asked).problems).toMatchObject([{ code: "SEED_NOT_FOR_PRODUCTION", at: "local" }]);
});

test.each([
  [["seed"], "--env <name>' is missing"],
  [["seed", "--env=local", "--dryrun"], "(Did you mean --dry-run?)"],
])("refuses migrate %j with exit 2", async (argv, says) => {
  const ran = await migrate(...argv);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(says);
});

import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import written from "../../examples/diary/slipway.config.ts";
import { readSeeds } from "../../src/actions/read-seeds.ts";
import { sumRows } from "../../src/adapters/postgres/row-sums.ts";
import { readSeedFiles, readSeedSets } from "../../src/adapters/postgres/seed-folder.ts";
import { readConfig } from "../../src/core/config/read-config.ts";
import { sumWritten } from "../../src/core/seed/report.ts";
import type { SeedFile } from "../../src/core/seed/types.ts";
import { environmentOf } from "../builders/a-config.ts";
import { someMigrations } from "../adapters/postgres/a-migration-folder.ts";
import { someSeeds } from "../adapters/postgres/some-seeds.ts";
import { useDatabase } from "../support/postgres.ts";

const DIARY = join(import.meta.dirname, "../../examples/diary");
const database = useDatabase();
const signal = new AbortController().signal;

/** As in the environments: a role that is no superuser owns everything, and policies bind it. */
const asOwner = () => database.urlAs("diary_owner", "only-for-tests");

beforeEach(async () => {
  const admin = await database.connect();
  for (const role of ["diary_owner", "diary_app"]) {
    const there = await admin.query("select from pg_roles where rolname = $1", [role]);
    if (there.rowCount === 0) await admin.query(`create role ${role} login password 'only-for-tests'`);
  }
  const name = new URL(database.url).pathname.slice(1);
  await admin.query(`alter database ${name} owner to diary_owner; alter schema public owner to diary_owner`);
  const migrations = await someMigrations(asOwner(), join(DIARY, "migrations"));
  expect(await migrations.apply({ fence: 1, signal })).toMatchObject({ kind: "applied" });
});

async function filesFor(name: string): Promise<readonly SeedFile[]> {
  const read = readConfig(written);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.problems));
  const environment =
    name === "production"
      ? { ...environmentOf(read.config, "local"), name, seeds: undefined }
      : environmentOf(read.config, name);
  const found = await readSeeds(
    { environment, folder: read.config.database?.seeds ?? "", asked: [] },
    {
      sets: (folder) => readSeedSets(join(DIARY, folder)),
      files: (folder, set) => readSeedFiles(join(DIARY, folder, set)),
    },
  );
  if (found.kind === "refused") throw new Error(JSON.stringify(found.problems));
  return found.files;
}

const sums = async () => sumRows(await database.connect());

test("the practice cloud gets two clinics that have written, and a second run changes no row", async () => {
  const files = await filesFor("local");
  const outcome = await (await someSeeds(asOwner())).apply(files, { keep: true, signal });
  if (outcome.kind === "failed") throw new Error(JSON.stringify(outcome.problem));
  const inserted = (table: string, rows: number) => ({ table, inserted: rows, updated: 0, deleted: 0 });
  expect(sumWritten(outcome.files)).toEqual([
    inserted("public.audit_log", 91),
    inserted("public.clinics", 2),
    inserted("public.entries", 91),
    inserted("public.patients", 4),
  ]);

  const before = await sums();
  const again = await (await someSeeds(asOwner())).apply(files, { keep: true, signal });
  expect(again.kind === "applied" ? sumWritten(again.files) : again).toEqual([]);
  expect(await sums()).toEqual(before);
});

test("production gets the smoke test's rows and no practice, and gets them back", async () => {
  const files = await filesFor("production");
  expect(files.map(({ file }) => file)).toEqual(["reference/0001_smoke_test.sql"]);
  const fresh = await sums();
  const first = await (await someSeeds(asOwner())).apply(files, { keep: true, signal });
  expect(first.kind === "applied" ? sumWritten(first.files) : first).toEqual([]);
  expect(await sums()).toEqual(fresh);

  await (await database.connect()).query("delete from patients");
  const second = await (await someSeeds(asOwner())).apply(files, { keep: true, signal });
  expect(second.kind === "applied" ? sumWritten(second.files) : second).toEqual([
    { table: "public.patients", inserted: 1, updated: 0, deleted: 0 },
  ]);
});

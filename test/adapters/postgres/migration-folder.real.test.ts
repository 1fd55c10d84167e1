import { spawnSync } from "node:child_process";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMigrations } from "../../../src/adapters/postgres/migration-folder.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf, aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();

async function problemsOf(folder: string): Promise<readonly string[]> {
  const { problems } = await readMigrations(folder);
  return problems.map(({ code, at, says }) => `${code} ${at}: ${says}`);
}

test("refuses a file of 50 MB, and one of terabytes, without reading them", async () => {
  const folder = await aMigrationFolder({ "0001_a": "select 1", "0002_b": "select 2" });
  await truncate(join(folder, "0001_a.up.sql"), 50 * 1024 * 1024);
  await truncate(join(folder, "0002_b.up.sql"), 3 * 2 ** 40);
  expect(await problemsOf(folder)).toEqual([
    "MIGRATION_TOO_LARGE 0001_a.up.sql: has 52428800 bytes, more than 10485760",
    "MIGRATION_TOO_LARGE 0002_b.up.sql: has 3298534883328 bytes, more than 10485760",
  ]);
});

test("takes a file that is just not too large", async () => {
  const values = `insert into t values ${`('${"a;'' ".repeat(90)}'),\n`.repeat(20_000)}('');`;
  const folder = await aMigrationFolder({ "0001_t": "create table t (a text)", "0002_rows": values });
  const migrations = await someMigrations(database.url, folder);
  const order = { fence: 1, signal: new AbortController().signal };
  expect(await migrations.apply(order)).toMatchObject({ kind: "applied", ran: [{}, {}] });
  const client = await database.connect();
  expect((await client.query("select count(*)::int as rows from t")).rows).toEqual([{ rows: 20_001 }]);
}, 60_000);

test("refuses what is not UTF-8, what is empty, and what is no file, and waits for no pipe", async () => {
  const folder = await aMigrationFolder({ "0001_a": "", "0002_b": "select 1" });
  await writeFile(join(folder, "0002_b.up.sql"), Buffer.from("select 'caf\u00e9'", "latin1"));
  await writeFile(join(folder, "0002_b.down.sql"), Buffer.from("select 1", "utf16le"));
  expect(
    spawnSync("mkfifo", [join(folder, "0003_c.up.sql"), join(folder, "1677777777777_d.ts")]).status,
  ).toBe(0);
  expect(await problemsOf(folder)).toEqual(
    expect.arrayContaining([
      "MIGRATION_EMPTY 0001_a.up.sql: has no statement",
      "MIGRATION_NOT_TEXT 0002_b.down.sql: holds a NUL character",
      "MIGRATION_NOT_TEXT 0002_b.up.sql: is not UTF-8",
      "MIGRATION_NOT_TEXT 0003_c.up.sql: is no file that can be read to its end",
      "MIGRATION_NOT_TEXT 1677777777777_d.ts: is no file that can be read to its end",
    ]),
  );
});

test("takes a byte order mark and the line ends of Windows, and leaves folders below alone", async () => {
  const folder = await aFolderOf({
    "0001_a.sql": "\ufeff-- Up Migration\r\ncreate table a ();\r\n-- Down Migration\r\ndrop table a;\r\n",
  });
  await mkdir(join(folder, "notes"));
  const { migrations, problems } = await readMigrations(folder);
  expect(problems).toEqual([]);
  expect(migrations.map(({ up, down }) => [up.sql, down.sql.trim()])).toEqual([
    ["-- Up Migration\r\ncreate table a ();\r", "-- Down Migration\r\ndrop table a;"],
  ]);
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

/** As node-pg-migrate's own templates are. */
const PROJECT = {
  "1677777777777_add-users.js": `
    exports.shorthands = { short: { type: "varchar(20)", notNull: true } };
    exports.up = (pgm) => { pgm.createTable("users", { id: "id", name: "short" }); };`,
  "1677777778888_add-notes.ts": `
    import type { MigrationBuilder } from "node-pg-migrate";
    enum Kind { Short = "short" }
    export async function up(pgm: MigrationBuilder): Promise<void> { pgm.addColumns("users", { note: Kind.Short }); }
    export async function down(pgm: MigrationBuilder): Promise<void> { pgm.dropColumns("users", ["note"]); }`,
  "1677777779999_add-index.sql":
    "-- Up Migration\ncreate index users_by_name on users (name);\n-- Down Migration\ndrop index users_by_name;\n",
};

async function columns(): Promise<unknown[]> {
  const client = await database.connect();
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass('users') and attnum > 0 and not attisdropped order by attnum`,
  );
  return rows.map(({ name, type }) => `${name} ${type}`);
}

test("runs a project of node-pg-migrate as it is, up and down", async () => {
  const folder = await aFolderOf(PROJECT);
  const migrations = await someMigrations(database.url, folder);

  expect(await migrations.apply(run)).toMatchObject({
    kind: "applied",
    ran: Object.keys(PROJECT).map((file) => ({ file })),
  });
  expect(await columns()).toEqual(["id integer", "name character varying(20)", "note character varying(20)"]);
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 3 });

  expect(await migrations.revert({ ...run, target: { to: "1677777777777_add-users" } })).toMatchObject({
    kind: "applied",
    ran: [{ file: "1677777779999_add-index.sql" }, { file: "1677777778888_add-notes.ts" }],
  });
  expect(await columns()).toEqual(["id integer", "name character varying(20)"]);
  // This one has no down; node-pg-migrate turns its up round.
  expect(await migrations.revert({ ...run, target: { count: 1 } })).toMatchObject({ kind: "applied" });
  expect(await columns()).toEqual([]);
});

test("takes over what node-pg-migrate ran, and leaves its table alone", async () => {
  const client = await database.connect();
  const folder = await aFolderOf(PROJECT);
  const { runner } = await import("node-pg-migrate");
  const silent = () => undefined;
  await runner({
    dbClient: client,
    dir: folder,
    direction: "up",
    count: 2,
    migrationsTable: "pgmigrations",
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const theirs = () => client.query("select name, run_on from public.pgmigrations order by id");
  const before = (await theirs()).rows;

  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.plan()).toMatchObject({
    kind: "planned",
    applied: 2,
    pending: [{ file: "1677777779999_add-index.sql" }],
  });
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied", ran: [{}] });
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 3 });
  expect((await theirs()).rows).toEqual(before);

  await writeFile(join(folder, "1677777777777_add-users.js"), "exports.up = () => {};");
  expect(await migrations.plan()).toMatchObject({
    kind: "refused",
    problems: expect.arrayContaining([expect.objectContaining({ code: "MIGRATION_EDITED" })]) as unknown,
  });
});

test("sees that code stands for other SQL though the file is the same", async () => {
  const folder = await aFolderOf({
    "1677777777777_a.cjs": `
      const { table } = require("./.names.cjs");
      exports.up = (pgm) => pgm.createTable(table, { id: "id" });`,
    ".names.cjs": 'exports.table = "one";',
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  const client = await database.connect();
  await client.query("update slipway_migrations.migration_checksums set rendered_sha256 = repeat('0', 64)");
  expect(await migrations.plan()).toMatchObject({
    kind: "refused",
    problems: [{ code: "MIGRATION_RENDERED_OTHERWISE", at: "1677777777777_a.cjs" }],
  });
});

test("refuses code that asks the database, that fails, and that has no way back", async () => {
  const folder = await aFolderOf({
    "1677777777777_a.cjs":
      "exports.up = (pgm) => pgm.db.query('create table leak ()'); exports.down = () => {};",
    "1677777777778_b.cjs": "exports.up = () => { throw new Error('no such word'); };",
    "1677777777779_c.cjs": "exports.up = (pgm) => pgm.sql('select 1'); exports.down = false;",
    "1677777777780_d.cjs": "exports.up = (pgm) => pgm.sql('select 1');",
    "1677777777781_e.cjs": "exports.down = () => {};",
  });
  const plan = await (await someMigrations(database.url, folder)).plan();
  expect(
    plan.kind === "refused" ? plan.problems.map(({ code, at, says }) => [code, at, says]) : plan,
  ).toEqual([
    [
      "MIGRATION_ASKS_DATABASE",
      "1677777777777_a.cjs",
      "uses pgm.db, so what it does depends on the database and cannot be shown, linted or rehearsed before",
    ],
    ["MIGRATION_UNRENDERED", "1677777777778_b.cjs", "could not be turned into SQL: no such word"],
    ["MIGRATION_UP_MISSING", "1677777777781_e.cjs", "exports no function up"],
    ["MIGRATION_DOWN_MISSING", "1677777777779_c.cjs", "has no down part"],
    ["MIGRATION_DOWN_MISSING", "1677777777780_d.cjs", "has no down part"],
  ]);
  const client = await database.connect();
  expect((await client.query("select to_regclass('leak') as leak")).rows).toEqual([{ leak: null }]);
});

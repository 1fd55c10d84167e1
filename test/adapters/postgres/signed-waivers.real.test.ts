import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished, expect, test } from "vitest";
import { readMigrations } from "../../../src/adapters/postgres/migration-folder.ts";
import { waiverFile } from "../../../src/adapters/postgres/kept-waivers.ts";
import { openInspection } from "../../../src/adapters/postgres/open-inspection.ts";
import type { Waiver } from "../../../src/core/migration/waiver.ts";
import { Secret } from "../../../src/core/secret.ts";
import { aKey, aWaiver, signedBy, waiverRulesFor } from "../../builders/a-signed-waiver.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const A = aKey();
const RULES = waiverRulesFor({ "person-a": A });
const UP = "0002_merge.up.sql";
const TWO_SPACES = /^ {2}"/m;

/** A folder in which only a waiver stands for the second migration's way back; `with` answers what would run. */
async function aFolder() {
  const folder = await aFolderOf({
    "0001_t.up.sql": "create table t (id int, note text)",
    "0001_t.down.sql": "drop table t",
    [UP]: "alter table t drop column note",
  });
  const migration = (await readMigrations(folder)).migrations[1];
  if (migration === undefined) throw new Error("the second migration is not there");
  const write = (waiver: Waiver) =>
    writeFile(join(folder, "waivers.json"), JSON.stringify({ waivers: [waiver] }));
  const good = signedBy(A, aWaiver({ expires: "2999-12-31" }), migration);
  const migrations = await someMigrations(database.url, folder, { waivers: RULES });
  const codes = async (waiver: Waiver): Promise<unknown> => {
    await write(waiver);
    const plan = await migrations.plan();
    return plan.kind === "refused" ? plan.problems.map(({ code }) => code) : plan.kind;
  };
  return { folder, migration, good, migrations, codes };
}

test("what is pending runs on a signed waiver only, and whoever looks at the database is told the same", async () => {
  const { folder, good, migrations, codes } = await aFolder();
  const inspection = await openInspection({ url: new Secret("url", database.url), folder, waivers: RULES });
  onTestFinished(() => inspection.close());
  const { signed: _signed, ...unsigned } = good;
  expect(await codes(unsigned)).toEqual(["MIGRATION_DOWN_MISSING", "WAIVER_UNSIGNED"]);
  expect((await inspection.inspect()).problems.map(({ code }) => code)).toEqual([
    "MIGRATION_DOWN_MISSING",
    "WAIVER_UNSIGNED",
  ]);
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: [] });
  expect(await codes({ ...good, expires: "2999-12-30" })).toEqual([
    "MIGRATION_DOWN_MISSING",
    "WAIVER_FORGED",
  ]);
  expect(await codes({ ...good, expires: "2020-01-01" })).toEqual([
    "MIGRATION_DOWN_MISSING",
    "WAIVER_EXPIRED",
  ]);

  await writeFile(join(folder, UP), "alter table t drop column id");
  expect(await codes(good)).toEqual(["MIGRATION_DOWN_MISSING", "WAIVER_TEXT_CHANGED"]);
  await writeFile(join(folder, UP), "alter table t drop column note");
  expect(await codes(good)).toBe("planned");
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
  const { rule, at, owner, expires } = good;
  expect((await migrations.facts([UP])).migrations).toMatchObject([
    { id: "0002_merge", waivers: [{ rule, at, owner, expires, signed: good.signed?.id }] },
  ]);
});

test("a waiver that a rehearsal passed on must be good while its migration is pending, and not after", async () => {
  const { folder, good, migrations, codes } = await aFolder();
  const lint: Waiver = {
    ...aWaiver({ rule: "LINT_ROW_SECURITY_OFF", at: "0001_t.up.sql" }),
    expires: "2999-12-31",
  };
  await waiverFile(folder).keep(good);
  await waiverFile(folder).keep(lint);
  const refused = await migrations.plan();
  expect(refused.kind === "refused" && refused.problems.map(({ code }) => code)).toEqual(["WAIVER_UNSIGNED"]);

  await someMigrations(database.url, folder).then((noted) => noted.apply(run));
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 2 });
  expect(await codes(lint)).toEqual(["MIGRATION_DOWN_MISSING"]);
});

test("a waiver that has ended stops what goes up, and never what goes down", async () => {
  const folder = await aFolderOf({
    "0001_t.up.sql": "create table t (id int)",
    "0002_u.up.sql": "create table u (id int)",
    "0002_u.down.sql": "drop table u",
  });
  await waiverFile(folder).keep(aWaiver({ at: "0001_t.up.sql", expires: "2999-12-31" }));
  await someMigrations(database.url, folder).then((noted) => noted.apply(run));
  await waiverFile(folder).keep(aWaiver({ at: "0001_t.up.sql", expires: "2020-01-01" }));
  const target = { count: 1 };
  const [up, down] = [
    await someMigrations(database.url, folder),
    await someMigrations(database.url, folder, { waivers: "unasked" }),
  ];
  expect(await up.revert({ ...run, target })).toMatchObject({ kind: "failed" });
  expect(await down.revert({ ...run, target })).toMatchObject({
    kind: "applied",
    ran: [{ file: "0002_u.down.sql" }],
  });
});

test("the file keeps one waiver of a rule and a file, and where nobody asks for a signature any counts", async () => {
  const { folder, good } = await aFolder();
  const file = waiverFile(folder);
  const { signed: _signed, ...unsigned } = good;
  await file.keep(unsigned);
  await file.keep(aWaiver({ rule: "LINT_X", at: "0001_t.up.sql" }));
  await file.keep(good);
  const text = await readFile(join(folder, "waivers.json"), "utf8");
  expect(text).toMatch(TWO_SPACES);
  expect(JSON.parse(text)).toEqual({ waivers: [aWaiver({ rule: "LINT_X", at: "0001_t.up.sql" }), good] });
  expect((await readMigrations(folder)).problems).toEqual([]);
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  write("0002_merge.up.sql", "alter table entries drop column text;\n");
});
afterEach(() => app.close());

const path = (file: string) => join(app.folder, "migrations", file);
const write = (file: string, text: string) => writeFileSync(path(file), text);
const run = (...words: readonly string[]) => slipway(words, app.env, app.folder);
const migrate = (...words: readonly string[]) => run("migrate", ...words);

/** An environment that asks for signed waivers by a qa-lead, who is person-a. */
async function demandSignatures(): Promise<void> {
  const people: NonNullable<WrittenConfig["people"]> = {};
  for (const person of ["person-a", "person-b"]) {
    const made = await run("keys", "create", `--person=${person}`);
    people[person] = { name: person.toUpperCase(), identities: [made.stdout.trim()] };
  }
  const written = aWrittenConfig();
  const local = {
    cloud: "local" as const,
    ...written.environments["local"],
    migrations: { waivers: "signed" as const },
    approvals: { roles: { "qa-lead": 1 } },
  };
  app.configure({ ...written, environments: { local }, people, roles: { "qa-lead": ["person-a"] } });
}

const WORDS = [
  "--rule=MIGRATION_DOWN_MISSING",
  "--at=0002_merge.up.sql",
  "--reason=the texts are gone for good",
  "--expires=2999-12-31",
  "--restore-plan=restore the backup of before",
];
const TOLD =
  "0002_merge.up.sql ran on a waiver of MIGRATION_DOWN_MISSING by the tech lead that nobody has signed";
const UNSIGNED =
  "the waiver of MIGRATION_DOWN_MISSING for 0002_merge.up.sql by the tech lead is not signed, and local asks for that";

test("a migration without a down goes up once its waiver is signed by somebody who may", async () => {
  await demandSignatures();
  const unsigned = { rule: "MIGRATION_DOWN_MISSING", at: "0002_merge.up.sql", owner: "the tech lead" };
  const words = { reason: "they are gone", expires: "2999-12-31", restorePlan: "the backup" };
  write("waivers.json", JSON.stringify({ waivers: [{ ...unsigned, ...words }] }));
  const up = () => migrate("up", "--env=local");
  const [refused, plan, lint] = await Promise.all([up(), migrate("plan", "--env=local"), migrate("lint")]);
  expect([refused, plan, lint].map(({ code }) => code)).toEqual([11, 11, 12]);
  for (const { stderr } of [refused, plan, lint]) expect(stderr).toContain(UNSIGNED);

  const byB = await migrate("waive", ...WORDS, "--person=person-b");
  expect(byB).toMatchObject({ code: 10, stdout: "" });
  expect(byB.stderr).toContain("let one of them sign it: person-a");
  const byA = await migrate("waive", ...WORDS, "--person=person-a");
  expect(byA.code).toBe(0);
  expect(byA.stderr).toContain("  reason       the texts are gone for good\n");
  expect(byA.stdout).toMatch(
    /^w-[0-9a-f-]{36} {2}person-a waives MIGRATION_DOWN_MISSING for 0002_merge.up.sql until 2999-12-31\n/,
  );
  expect(await up()).toMatchObject({ code: 0 });
  expect((await migrate("down", "--env=local", "--count=1")).stderr).toContain("has no down");
}, 180_000);

test("a waiver of a lint rule counts in an environment only when it is signed, before anything runs there", async () => {
  await demandSignatures();
  write("0002_merge.down.sql", "alter table entries add column text text;\n");
  const waiver = { rule: "REHEARSAL_ROWS_LOST", at: "0002_merge.down.sql", owner: "the tech lead" };
  const words = { reason: "they are gone", expires: "2999-12-31" };
  write("waivers.json", JSON.stringify({ waivers: [{ ...waiver, ...words }] }));
  const refused = await migrate("up", "--env=local");
  expect(refused.code).toBe(11);
  expect(refused.stderr).toContain(
    "REHEARSAL_ROWS_LOST for 0002_merge.down.sql by the tech lead is not signed",
  );
  expect((await (await database.connect()).query("select to_regclass('entries') as there")).rows).toEqual([
    { there: null },
  ]);

  const mine = ["--rule=REHEARSAL_ROWS_LOST", "--at=0002_merge.down.sql", "--reason=they are gone"];
  const waived = await migrate("waive", ...mine, "--expires=2999-12-31", "--person=person-a", "--json");
  expect(JSON.parse(waived.stdout)).toMatchObject({
    outcome: "done",
    waiver: { owner: "person-a", rule: "REHEARSAL_ROWS_LOST" },
    exitCode: 0,
  });
  expect(await migrate("up", "--env=local")).toMatchObject({ code: 0 });
}, 180_000);

test("where a note is enough an unsigned waiver lets a migration pass, and that is told", async () => {
  const waiver = { rule: "MIGRATION_DOWN_MISSING", at: "0002_merge.up.sql", owner: "the tech lead" };
  const words = { reason: "they are gone", expires: "2999-12-31", restorePlan: "the backup" };
  write("waivers.json", JSON.stringify({ waivers: [{ ...waiver, ...words }] }));
  const up = await migrate("up", "--env=local");
  expect(up.code).toBe(0);
  expect(up.stderr).toContain(TOLD);
}, 180_000);

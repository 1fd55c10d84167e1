import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tarArchive } from "../../src/adapters/local/tar-archive.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
});
afterEach(() => app.close());

const path = (file: string) => join(app.folder, file);
const run = (...words: readonly string[]) => slipway(words, app.env, app.folder);
/** As an auditor would: without a database, the app, and this machine's keys. */
const verify = (file: string, ...more: readonly string[]) =>
  slipway(["audit", "verify", `--evidence=${path(file)}`, ...more], {
    PATH: process.env["PATH"],
    SLIPWAY_HOME: path("elsewhere"),
  });

test("a migration has one archive of every run in its environment that verifies without a database", async () => {
  const deployed = await run("deploy", "--env=local", `--release=${await app.publish(1)}`);
  expect(deployed).toMatchObject({ code: 0 });
  for (const words of [["down", "--count=1"], ["up"]]) {
    expect(await run("migrate", ...words, "--env=local")).toMatchObject({ code: 0 });
  }
  const made = await run("evidence", "--migration=0001", "--env=local", `--out=${path("one.tar")}`, "--json");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const { records, uncovered, migration } = JSON.parse(made.stdout) as Record<string, unknown>;
  expect(migration).toEqual({ app: "diary", env: "local", id: "0001_entries" });
  expect((records as number[]).length).toBeGreaterThan(5);
  expect(uncovered).toEqual([]);

  const trust = `--trust=${path(".local/state/slipway/ledger/trust")}`;
  const proven = await verify("one.tar", trust, "--json");
  expect([proven.code, proven.stderr]).toEqual([0, ""]);
  expect(JSON.parse(proven.stdout)).toMatchObject({ verdict: "proven", signaturesChecked: true });

  const files = await tarArchive.unpack(readFileSync(path("one.tar")));
  const json = (name: string) => JSON.parse(new TextDecoder().decode(files.get(name))) as unknown;
  const { runs } = json("runs.json") as { runs: readonly Record<string, unknown>[] };
  expect(runs.map(({ direction, outcome, step }) => [direction, outcome, step])).toEqual([
    ["up", "ran", "migrate"],
    ["down", "ran", "migrate"],
    ["up", "ran", "migrate"],
  ]);
  expect(json("migration.json")).toMatchObject({
    id: "0001_entries",
    up: { file: "0001_entries.up.sql" },
    remembered: { ranBy: expect.any(String) as string, schemaAfter: expect.any(String) as string },
  });
  expect(files.get("files/0001_entries.up.sql")).toEqual(
    new Uint8Array(readFileSync(path("migrations/0001_entries.up.sql"))),
  );
  expect([...files.keys()]).toEqual(expect.arrayContaining(["schema/before.json", "schema/after.json"]));

  const up = new TextEncoder().encode("drop table entries;\n");
  writeFileSync(
    path("other.tar"),
    await tarArchive.pack(new Map([...files, ["files/0001_entries.up.sql", up]])),
  );
  const refused = await verify("other.tar", trust);
  expect(refused.code).toBe(50);
  expect(refused.stdout).toContain("files/0001_entries.up.sql is not the file that was signed");

  // The text that ran is not the one that is here: no archive is made that says so.
  writeFileSync(path("migrations/0001_entries.up.sql"), "select 1;\n");
  const edited = await run("evidence", "--migration=0001", "--env=local", `--out=${path("two.tar")}`);
  expect(edited.code).toBe(11);
  expect(edited.stderr).toContain("the texts are not those that ran, as the records name them");
  const none = await run("evidence", "--migration=0009", "--env=local", `--out=${path("two.tar")}`);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('the app has no migration "0009"');
}, 300_000);

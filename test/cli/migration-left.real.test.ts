import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Client } from "pg";
import type { StatusReport } from "../../src/core/deployment/status-report.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway, startSlipway, type Ran, type Running } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
let client: Client;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  client = await database.connect();
});
afterEach(() => app.close());

const words = (argv: readonly string[]) => [...argv, "--env=local", `--project=${app.folder}`];
const run = (...argv: string[]) => slipway(words(argv), app.env);

async function status(): Promise<StatusReport> {
  return JSON.parse((await run("status", "--json")).stdout) as StatusReport;
}

function migration(name: string, up: string, down: string): void {
  writeFileSync(join(app.folder, "migrations", `${name}.up.sql`), `${up};\n`);
  writeFileSync(join(app.folder, "migrations", `${name}.down.sql`), `${down};\n`);
}

/** Starts a run that has to wait for somebody who reads a table, ends it with a signal while it waits, and lets go of the table. */
async function stopped(signal: "SIGINT" | "SIGKILL", ...argv: string[]): Promise<Ran> {
  const holder = await database.connect();
  await holder.query("begin; select from entries");
  const running: Running = startSlipway(words(argv), app.env);
  await expect
    .poll(
      async () => {
        const { rows } = await client.query("select from pg_stat_activity where wait_event_type = 'Lock'");
        return running.child.exitCode === null ? rows.length : running.story();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  running.child.kill(signal);
  const ended = await running.ended;
  await holder.query("rollback");
  return ended;
}

/** The command that status names, as it stands there. */
const follow = (command: string) =>
  run(
    ...command
      .replace(/^slipway /, "")
      .replace(" --env=local", "")
      .split(" "),
  );

test("migrate up that was killed: status says so once nobody holds the lease, and its command ends it", async () => {
  expect((await run("migrate", "up")).code).toBe(0);
  migration("0002_note", "alter table entries add column note text", "alter table entries drop column note");
  await stopped("SIGKILL", "migrate", "up");

  await expect
    .poll(async () => (await status()).migrationLeft, { timeout: 60_000 })
    .toMatchObject({
      run: "migrate up",
      how: "not ended",
      left: "nobody knows how far it came (0002_note.up.sql)",
      next: "slipway migrate up --env=local",
    });
  const { stdout } = await run("status");
  expect(stdout).toMatch(
    /\n {2}MIGRATE UP NOT ENDED since .+ UTC, \S+ by \S+: nobody knows how far it came \(0002_note\.up\.sql\) \(slipway migrate up --env=local\)\n/,
  );

  const again = await follow("slipway migrate up --env=local");
  expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^migrated /) as string });
  expect(again.stderr).toContain(", not ended: nobody knows how far it came (0002_note.up.sql)");
  expect(await status()).toMatchObject({ migrationLeft: null, schemaLeft: null });
}, 180_000);

test("migrate down by a number that was interrupted: status names what stays, and its command ends it", async () => {
  migration("0002_note", "alter table entries add column note text", "alter table entries drop column note");
  migration("0003_mood", "create table moods (name text)", "drop table moods");
  expect((await run("migrate", "up")).code).toBe(0);

  const ended = await stopped("SIGINT", "migrate", "down", "--count=2");
  expect(ended.code).toBe(40);
  const next = "slipway migrate down --env=local --to=0001_entries";
  expect(ended.stderr).toContain(`${next} goes on with it`);
  const { migrationLeft } = await status();
  expect(migrationLeft).toMatchObject({
    run: "migrate down",
    how: "interrupted",
    left: expect.stringContaining("what ran before it stays: 0003_mood.down.sql") as string,
    next,
  });

  expect(await follow(next)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^went down /) as string,
  });
  expect((await run("migrate", "status")).stdout).toMatch(/^1 applied, 2 pending\n/);
  expect(await status()).toMatchObject({ migrationLeft: null });
}, 120_000);

test("migrate up that left another schema: status and resume tell it until a person has mended it", async () => {
  migration(
    "0002_days",
    `create table days (day int) partition by range (day);
     create table days_1 partition of days for values from (1) to (2)`,
    "drop table days",
  );
  expect((await run("migrate", "up")).code).toBe(0);
  migration(
    "0003_detach",
    "-- slipway: no-transaction, statement-timeout=1s\nalter table days detach partition days_1 concurrently",
    "alter table days detach partition days_1 finalize",
  );
  // Detaching waits for this session in the middle, and is given up.
  const reader = await database.connect();
  await reader.query("begin; select from days");
  expect((await run("migrate", "up")).code).toBe(21);
  await reader.query("rollback");

  const { schemaLeft } = await status();
  expect(schemaLeft).toMatchObject({
    run: "migrate up",
    problem: { code: "SCHEMA_NOT_AS_IT_WAS", at: "0003_detach.up.sql" },
  });
  const { stdout } = await run("status");
  expect(stdout).toContain(
    `UTC, migrate up ${schemaLeft?.deploymentId}: 0003_detach.up.sql: the schema is not`,
  );
  const still = await run("resume");
  expect(still.code).toBe(21);
  expect(still.stderr).toContain("the schema is not as it was before");

  await client.query("alter table days detach partition days_1 finalize");
  await client.query("alter table days attach partition days_1 for values from (1) to (2)");
  await client.query("alter table days_1 drop constraint days_1_day_check");
  const over = await run("resume");
  expect({ code: over.code, stderr: over.stderr }).toMatchObject({ code: 0 });
  expect(over.stderr).toContain(`the schema is the one again that ${schemaLeft?.deploymentId} found`);
  expect(await status()).toMatchObject({ schemaLeft: null, migrationLeft: null });
  expect(await slipway(["audit", "verify"], app.env, app.folder)).toMatchObject({ code: 0 });
}, 180_000);

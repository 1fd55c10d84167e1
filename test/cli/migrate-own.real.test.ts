import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { aFolderOf } from "../adapters/postgres/a-migration-folder.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
// Each makes several databases, one after the other.
vi.setConfig({ testTimeout: 300_000 });

const FILES = {
  "0001_users.up.sql": "create table users (id bigint primary key, name text);\n",
  "0001_users.down.sql": "drop table users;\n",
  "0002_mail.up.sql": "-- slipway: expect-rows=1\nupdate users set name = 'b';\n",
  "0002_mail.down.sql": "update users set name = 'a';\n",
};

async function anApp(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const app = await aFolderOf({ "slipway.config.json": JSON.stringify(aWrittenConfig()) });
  await mkdir(join(app, "migrations"));
  await mkdir(join(app, "seeds/rehearsal"), { recursive: true });
  await writeFile(join(app, "seeds/rehearsal/0001_users.sql"), "insert into users values (1, 'a');\n");
  for (const [name, text] of Object.entries(files)) await writeFile(join(app, "migrations", name), text);
  return app;
}

function migrate(app: string, ...argv: readonly string[]) {
  return slipway(["migrate", ...argv], { ...process.env, SERVER: database.url }, app);
}

/** Databases of rehearsals that are still on the server. */
async function left(): Promise<unknown[]> {
  const client = await database.connect();
  const { rows } = await client.query(
    "select datname from pg_database where datname like 'slipway_rehearsal_%'",
  );
  return rows;
}

test("up and down run in a database of their own, with the rehearsal's rows, and leave nothing behind", async () => {
  const app = await anApp();

  const up = await migrate(app, "up", "--rehearsal", "--server-env=SERVER");
  expect(up).toMatchObject({ code: 0, stderr: "" });
  expect(up.stdout).toMatch(
    /^went up in a database of its own on Postgres [\d.]+, which was dropped\n {2}up: 2 migrations in .*\n {4}\d\.\d\d s {2}0001_users\.up\.sql\n {4}\d\.\d\d s {2}0002_mail\.up\.sql\n$/,
  );

  const down = await migrate(app, "down", "--rehearsal", "--to=0001", "--server-env=SERVER", "--json");
  expect(JSON.parse(down.stdout)).toMatchObject({
    outcome: "passed",
    legs: [
      { direction: "up", ran: [{ file: "0001_users.up.sql" }, { file: "0002_mail.up.sql" }] },
      { direction: "down", ran: [{ file: "0002_mail.down.sql" }] },
    ],
    exitCode: 0,
  });
  expect(await left()).toEqual([]);
});

test("a round trip goes up, down and up; one that fails on the way says where", async () => {
  const whole = await migrate(await anApp(), "round-trip", "--server-env=SERVER", "--json");
  const { legs } = JSON.parse(whole.stdout) as { legs: { direction: string; schemaAfter: string }[] };
  expect(whole.code).toBe(0);
  expect(legs.map(({ direction }) => direction)).toEqual(["up", "down", "up"]);
  expect(legs[2]?.schemaAfter).toBe(legs[0]?.schemaAfter);

  const bad = await anApp({ ...FILES, "0001_users.down.sql": "drop table users, nothing;\n" });
  const failed = await migrate(bad, "round-trip", "--server-env=SERVER");
  expect(failed.code).toBe(12);
  expect(failed.stdout).toMatch(/^failed on the way up, down in a database of its own/);
  expect(failed.stderr).toContain('0001_users.down.sql: table "nothing" does not exist (42P01)');
  expect(await left()).toEqual([]);
});

test("a snapshot of what the migrations make is the same each time, and shows what somebody changed by hand", async () => {
  const app = await anApp();
  const taken = await migrate(app, "snapshot", "--rehearsal", "--server-env=SERVER", "--json");
  const again = await migrate(app, "snapshot", "--rehearsal", "--server-env=SERVER", "--json");
  expect(taken.code).toBe(0);
  expect(again.stdout).toBe(taken.stdout);
  await writeFile(join(app, "kept.json"), taken.stdout);

  const drift = (...argv: string[]) => migrate(app, "drift", `--against=${join(app, "kept.json")}`, ...argv);
  const same = await drift("--rehearsal", "--server-env=SERVER");
  expect(same).toMatchObject({ code: 0, stderr: "" });
  expect(same.stdout).toMatch(/^the schema is that of .*kept\.json \([0-9a-f]{12}\)\n$/);

  const client = await database.connect();
  await client.query(FILES["0001_users.up.sql"]);
  expect(await drift("--url-env=SERVER")).toMatchObject({ code: 0 });
  await client.query("alter table users add column by_hand int");
  const changed = await drift("--url-env=SERVER");
  expect(changed.code).toBe(10);
  expect(changed.stdout).toContain("+ column public.users by_hand");

  await writeFile(
    join(app, "kept.json"),
    (await readFile(join(app, "kept.json"), "utf8")).replace("users", "user5"),
  );
  const forged = await drift("--rehearsal", "--server-env=SERVER");
  expect(forged.code).toBe(2);
  expect(forged.stderr).toContain("was changed after it was written: its schema has another hash");
});

test("check and expect look at what the migrations make", async () => {
  const app = await anApp({
    ...FILES,
    "0001_users.up.sql": `${FILES["0001_users.up.sql"]}create table orphans ();\n`,
  });
  expect(await migrate(app, "check", "--rehearsal", "--server-env=SERVER")).toMatchObject({ code: 0 });
});

test.each([
  [["up", "--rehearsal", "--env=local"], "give --env <name> or --rehearsal, not both"],
  [["up", "--env=local", "--to=0001"], "--to is about a database of its own: add --rehearsal"],
  [
    ["check", "--rehearsal", "--url-env=SERVER"],
    "say which database, with --env <name>, with --url-env <name> or",
  ],
  [["drift", "--rehearsal"], "'--against <file>' is missing"],
  [
    ["up", "--rehearsal", "--to=0009", "--server-env=SERVER"],
    "--to: names 0009, and there is no such migration",
  ],
])("refuses migrate %j with exit 2", async (argv, says) => {
  const ran = await migrate(await anApp(), ...argv);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(says);
});

import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { useDatabase } from "./postgres.ts";

const database = useDatabase();
const seen: string[] = [];

test.each(["first", "second"])("the %s test has an empty database of its own", async () => {
  const client = await database.connect();
  await client.query("create table mine (id int)");

  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'");

  expect(rows).toEqual([{ tablename: "mine" }]);
  expect(seen).not.toContain(database.url);
  seen.push(database.url);
});

test("the server comes from where the run says", async () => {
  const client = await database.connect();

  const { rows } = await client.query<{ here: boolean }>("select inet_client_addr() = '127.0.0.1' as here");

  expect(rows).toEqual([{ here: inject("postgresSource") === "binaries" }]);
});

test("the user is a superuser, and other roles can connect", async () => {
  const client = await database.connect();
  await client.query("create role guest login password 'guest'");

  const guest = await database.connect(database.urlAs("guest", "guest"));

  const who = "select current_user as name, rolsuper from pg_roles where rolname = current_user";
  expect((await client.query<{ rolsuper: boolean }>(who)).rows[0]?.rolsuper).toBe(true);
  expect((await guest.query(who)).rows).toEqual([{ name: "guest", rolsuper: false }]);
  await guest.end();
  await client.query("drop role guest");
});

test("the databases of earlier tests are gone", async () => {
  const earlier = new Client({ connectionString: seen[0] });

  await expect(earlier.connect()).rejects.toMatchObject({ code: "3D000" });
});

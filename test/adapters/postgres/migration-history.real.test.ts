import type { Client } from "pg";
import { expect, test } from "vitest";
import { APP_HISTORY, readHistory } from "../../../src/adapters/postgres/migration-history.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();

test("a history is read whole while somebody else migrates", async () => {
  const migrations = await someMigrations(
    database.url,
    await aMigrationFolder({ "0001_a": "create table a ()" }),
  );
  await migrations.apply({ fence: 1, signal: new AbortController().signal });
  const other = await database.connect();
  let ran = 1;
  const migrate = async () => {
    ran += 1;
    await other.query(`
      begin;
      insert into slipway_migrations.pgmigrations (name, run_on) values ('000${ran}_b', now());
      insert into slipway_migrations.migration_checksums
        (id, up_sha256, down_sha256, rendered_sha256, milliseconds, fence, attempts)
        select '000${ran}_b', up_sha256, down_sha256, rendered_sha256, 1, 1, 1
        from slipway_migrations.migration_checksums limit 1;
      commit`);
  };
  const client = await database.connect();
  // Before each question one more has run.
  const overtaken = new Proxy(client, {
    get: (target, name) =>
      name === "query"
        ? async (...args: Parameters<Client["query"]>) => {
            await migrate();
            return target.query(...args);
          }
        : (Reflect.get(target, name) as unknown),
  });

  const history = await readHistory(overtaken, APP_HISTORY);

  expect(history.kind).toBe("read");
  expect(ran).toBeGreaterThan(2);
});

import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../../src/adapters/postgres/connect.ts";
import { openLedger } from "../../../src/adapters/postgres/open-ledger.ts";
import { Secret } from "../../../src/core/secret.ts";
import { FakePooler, type PoolerOptions } from "../../fakes/fake-pooler.ts";
import { useDatabase } from "../../support/postgres.ts";

const database = useDatabase();

async function through(options: PoolerOptions): Promise<string> {
  const pooler = await FakePooler.before(database.url, options);
  onTestFinished(() => pooler.close());
  return pooler.urlFor(database.url);
}

const refusal = (code: string) => ({
  exit: "verifyFailed",
  problems: [
    {
      code,
      at: expect.stringMatching(/^127\.0\.0\.1:\d+\/test_\w+$/) as string,
      says: "is a connection pooler, which hands the server's sessions on",
      hint: "give the URL of the server itself; locks and settings need a session of their own",
    },
  ],
});

test("the fake loses a session's settings between two transactions, as a pooler does", async () => {
  const client = await database.connect(await through({ servers: 2, tells: "its own" }));
  await client.query("set application_name = 'mine'");
  const names = [];
  for (let n = 0; n < 4; n += 1) {
    const { rows } = await client.query<{ name: string }>(
      "select current_setting('application_name') as name",
    );
    names.push(rows[0]?.name);
  }
  expect(names).toEqual(["", "mine", "", "mine"]);
});

test.each<[string, PoolerOptions]>([
  ["that tells a process id of its own", { servers: 1, tells: "its own" }],
  ["that gives each transaction another session", { servers: 2, tells: "the first server's" }],
  ["that drops the session's settings", { servers: 1, tells: "the first server's" }],
])("a pooler %s is refused, for the ledger and for the app's database", async (_what, options) => {
  const url = new Secret("url", await through(options));
  await expect(openLedger(url)).rejects.toMatchObject(refusal("LEDGER_BEHIND_POOLER"));
  const limits = { statementTimeoutMs: 2000, lockTimeoutMs: 1000 };
  await expect(connect(url, { use: "DATABASE", applicationName: "test", ...limits })).rejects.toMatchObject(
    refusal("DATABASE_BEHIND_POOLER"),
  );
  const client = await database.connect();
  expect((await client.query("select 1 from pg_namespace where nspname ~ '^slipway'")).rows).toEqual([]);
});

import { readFile, readdir } from "node:fs/promises";
import type { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { codeOf } from "../../../src/adapters/postgres/connect-problem.ts";
import { openAudit, openLedger } from "../../../src/adapters/postgres/open-ledger.ts";
import { ensureLedger } from "../../../src/adapters/postgres/ensure-ledger.ts";
import { LedgerConnection } from "../../../src/adapters/postgres/ledger-connection.ts";
import { ledgerJournal } from "../../../src/adapters/postgres/ledger-journal.ts";
import { ledgerLeases } from "../../../src/adapters/postgres/ledger-leases.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aLease, aLedger, anEntry, verdictOf } from "./a-ledger.ts";

const database = useDatabase();
const never = new AbortController().signal;
const secret = (url: string) => new Secret("ledger-url", url);

test("sets the ledger up once when several first users come at once", async () => {
  await Promise.all(Array.from({ length: 5 }, () => ensureLedger(secret(database.url), never)));
  const client = await database.connect();
  const { rows } = await client.query("select id from slipway_ledger.migration_checksums order by position");
  const files = await readdir(new URL("../../../migrations/", import.meta.url));
  const ups = files.filter((file) => file.endsWith(".up.sql")).map((file) => file.replace(".up.sql", ""));
  expect(rows.map(({ id }) => String(id))).toEqual(ups.toSorted());
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 0 });
});

test("goes down to nothing and up again through its own down files", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const client = await database.connect();
  const folder = new URL("../../../migrations/", import.meta.url);
  const downs = (await readdir(folder))
    .filter((file) => file.endsWith(".down.sql"))
    .sort()
    .toReversed();
  for (const file of downs) await client.query(await readFile(new URL(file, folder), "utf8"));

  const left = await client.query(
    "select relname from pg_class c where relnamespace = 'slipway_ledger'::regnamespace and relkind = 'r' order by 1",
  );
  expect(left.rows).toEqual([{ relname: "migration_checksums" }, { relname: "pgmigrations" }]);
  const functions = await client.query(
    "select 1 from pg_proc where pronamespace = 'slipway_ledger'::regnamespace",
  );
  expect(functions.rows).toEqual([]);

  await client.query("drop schema slipway_ledger cascade");
  await ensureLedger(secret(database.url), never);
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 0 });
});

test("lets a writer append and lease and nothing else, and a reader only read", async () => {
  await ensureLedger(secret(database.url), never);
  const superuser = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await superuser.query(`
    create role ${name}_w login password 'w' in role slipway_writer;
    create role ${name}_r login password 'r' in role slipway_reader`);
  try {
    const ledger = await openLedger(secret(database.urlAs(`${name}_w`, "w")));
    await aLease(ledger);
    await ledger.journal.append(anEntry());
    expect(await ledger.journal.records("d-1")).toHaveLength(1);
    await ledger.close();

    const writer = await database.connect(database.urlAs(`${name}_w`, "w"));
    for (const statement of [
      "insert into slipway_ledger.records select * from slipway_ledger.records",
      "update slipway_ledger.records set app = 'x'",
      "delete from slipway_ledger.records",
      "truncate slipway_ledger.records",
      "update slipway_ledger.leases set fence = 9",
      "update slipway_ledger.head set seq = 9",
      "insert into slipway_ledger.commits select * from slipway_ledger.commits",
      "insert into slipway_ledger.approvals select * from slipway_ledger.approvals",
      "update slipway_ledger.holds set released_at = now()",
      "update slipway_ledger.deployments set mutated_at = null",
      "select setval('slipway_ledger.fences', 1)",
      "select slipway_ledger.apply_act('{}', now(), '{}')",
      "alter table slipway_ledger.records disable trigger all",
      "select slipway_ledger.apply_change('{}', 1, now(), '{}')",
      "set role slipway_owner",
    ]) {
      const answer = await writer.query(statement).then(() => "done", codeOf);
      expect([statement, answer]).toEqual([statement, "42501"]);
    }

    const { audit, close } = openAudit(secret(database.urlAs(`${name}_r`, "r")));
    const everything = { app: undefined, env: undefined, deploymentId: undefined };
    expect(await audit.records(everything, 10)).toHaveLength(1);
    expect(await audit.protection()).toEqual({ role: `${name}_r`, mayAlter: false });
    await close();
    const reader = await database.connect(database.urlAs(`${name}_r`, "r"));
    await expect(
      reader.query("select slipway_ledger.take_lease('diary', 'local', 'x', 'x', null, 60)"),
    ).rejects.toMatchObject({ code: "42501" });
  } finally {
    await superuser.query(`drop owned by ${name}_w, ${name}_r; drop role ${name}_w, ${name}_r`);
  }
});

test("works with one role where it may not make others, and says so", async () => {
  const superuser = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await superuser.query(
    `create role ${name}_o login password 'o'; grant create on database ${name} to ${name}_o`,
  );
  const url = database.urlAs(`${name}_o`, "o");
  try {
    const ledger = await openLedger(secret(url));
    await aLease(ledger);
    await ledger.journal.append(anEntry());
    await ledger.close();
    const { audit, close } = openAudit(secret(url));
    expect(await audit.protection()).toEqual({ role: `${name}_o`, mayAlter: true });
    await close();
    expect(await verdictOf(url)).toMatchObject({ kind: "intact", records: 1 });
  } finally {
    await superuser.query(`drop schema slipway_ledger cascade; drop owned by ${name}_o; drop role ${name}_o`);
  }
});

test("is set up by a role that may make roles and is no superuser", async () => {
  const superuser = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await superuser.query(`
    create role ${name}_c login createrole password 'c';
    grant create on database ${name} to ${name}_c`);
  const url = database.urlAs(`${name}_c`, "c");
  try {
    const ledger = await openLedger(secret(url));
    const { fence } = await aLease(ledger);
    await ledger.journal.append(anEntry({ fence }));
    await ledger.journal.append(anEntry({ type: "act", step: undefined, fence: null }), [
      { kind: "hold", holdId: "h-1", reason: "an incident", by: "person-a" },
    ]);
    expect(await ledger.gatekeeping.holds("diary", "local")).toHaveLength(1);
    await ledger.close();
  } finally {
    await superuser.query(`drop schema slipway_ledger cascade; drop owned by ${name}_c; drop role ${name}_c`);
  }
});

test("refuses a ledger that a newer version set up, and one whose history somebody wrote into", async () => {
  await ensureLedger(secret(database.url), never);
  const client = await database.connect();
  const newer = `
    insert into slipway_ledger.pgmigrations (name, run_on) values ('0099_future', now());
    insert into slipway_ledger.migration_checksums (id, up_sha256, down_sha256, milliseconds, fence)
    values ('0099_future', repeat('a', 64), repeat('b', 64), 1, 0)`;
  await client.query(newer);
  await expect(ensureLedger(secret(database.url), never)).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "LEDGER_NEWER" }],
  });

  await client.query("delete from slipway_ledger.pgmigrations where name = '0099_future'");
  await expect(ensureLedger(secret(database.url), never)).rejects.toMatchObject({
    problems: [
      { code: "MIGRATION_HISTORY_DAMAGED", says: "the tables of the history disagree about 0099_future" },
    ],
  });
});

test("reading creates nothing and says that there is no ledger", async () => {
  const { audit, close } = openAudit(secret(database.url));
  await expect(audit.protection()).rejects.toMatchObject({ problems: [{ code: "LEDGER_MISSING" }] });
  await close();
  const client = await database.connect();
  expect((await client.query("select 1 from pg_namespace where nspname ~ '^slipway'")).rows).toEqual([]);
});

test("each step of the ledger's own migrations goes back to what was there before", async () => {
  const client = await database.connect();
  await client.query("create schema slipway_ledger");
  const folder = new URL("../../../migrations/", import.meta.url);
  const files = (await readdir(folder)).toSorted();
  const run = async (file: string): Promise<void> => {
    await client.query(await readFile(new URL(file, folder), "utf8"));
  };
  for (const up of files.filter((file) => file.endsWith(".up.sql"))) {
    const before = await catalogOf(client);
    await run(up);
    // Roles stay: other databases of the server may use them.
    if (up < "0006") continue;
    const after = await catalogOf(client);
    expect({ up, changes: JSON.stringify(after) !== JSON.stringify(before) }).toEqual({ up, changes: true });

    await run(up.replace(".up.", ".down."));
    expect({ up, catalog: await catalogOf(client) }).toEqual({ up, catalog: before });
    await run(up);
    expect({ up, catalog: await catalogOf(client) }).toEqual({ up, catalog: after });
  }
});

test("keeps a deployment going whose ledger is brought up to date under it", async () => {
  const client = await database.connect();
  await client.query("create schema slipway_ledger");
  const folder = new URL("../../../migrations/", import.meta.url);
  const ups = (await readdir(folder)).filter((file) => file.endsWith(".up.sql")).toSorted();
  const run = async (files: readonly string[]): Promise<void> => {
    for (const file of files) await client.query(await readFile(new URL(file, folder), "utf8"));
  };
  await run(ups.filter((file) => file < "0006"));
  await client.query("select slipway_ledger.take_lease('diary', 'local', 'somebody', 'x', 60)");
  await client.query("update slipway_ledger.leases set fence = 41");

  await run(ups.filter((file) => file > "0006"));
  const connection = new LedgerConnection(secret(database.url), "a test");
  onTestFinished(() => connection.close());
  const [journal, leases] = [ledgerJournal(connection), ledgerLeases(connection)];
  const lease = { app: "diary", env: "local", holder: "somebody", fence: 41 };
  expect(await leases.renew(lease, 60)).toBe("renewed");
  expect(await journal.append(anEntry({ fence: 41 }))).toMatchObject({ seq: 1 });
  expect(
    (await aLease({ leases: { ...leases, take: (wish) => leases.take({ ...wish, env: "next" }) } })).fence,
  ).toBe(42);
});

/** Everything in the ledger's schema, its owners and grants included. */
async function catalogOf(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(`
    select concat_ws(' ', 'function', pg_get_functiondef(oid), proowner::regrole, proacl) as line
    from pg_proc where pronamespace = 'slipway_ledger'::regnamespace
    union all
    select concat_ws(' ', 'relation', relname, relkind, relowner::regrole, relacl)
    from pg_class where relnamespace = 'slipway_ledger'::regnamespace
    union all
    select concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
    from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = 'slipway_ledger'::regnamespace and attnum > 0 and not attisdropped
    union all
    select concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), tgenabled)
    from pg_trigger t join pg_class c on c.oid = tgrelid
    where relnamespace = 'slipway_ledger'::regnamespace and not tgisinternal
    order by 1`);
  return rows.map(({ line }) => line);
}

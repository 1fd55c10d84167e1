import { generateKeyPairSync } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { openSigningKey } from "../../../src/adapters/local/signing-key.ts";
import { openAudit, openCheckpoints, type Ledger } from "../../../src/adapters/postgres/open-ledger.ts";
import { checkpointOfNote } from "../../../src/core/ledger/checkpoint.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Anchor } from "../../../src/ports/anchor.ts";
import type { Signer } from "../../../src/ports/signer.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aLease, aLedger, anEntry } from "./a-ledger.ts";
import { aMemoryAnchor } from "./a-memory-anchor.ts";

const database = useDatabase();
const UNTIL = "2033-11-21T00:00:00Z";

async function aSigner(): Promise<Signer> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return openSigningKey({ pem, file: "/nowhere", make: false }, "slipway/test");
}

function checkpointsAs(signer: Signer, anchors: readonly Anchor[], url = database.url) {
  const opened = openCheckpoints(new Secret("ledger-url", url), { signer, anchors });
  onTestFinished(() => opened.close());
  return opened.checkpoints;
}

async function stored() {
  const { history, close } = openAudit(new Secret("ledger-url", database.url));
  onTestFinished(close);
  return history.stored();
}

async function aLedgerOf(count: number): Promise<Ledger> {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  await append(ledger, count);
  return ledger;
}

async function append(ledger: Ledger, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await ledger.journal.append(anEntry());
}

const sizes = (notes: readonly { readonly size: number }[]) => notes.map(({ size }) => size);

test("the head is signed, kept at every anchor and remembered, and a head that is covered is left alone", async () => {
  const ledger = await aLedgerOf(5);
  const [signer, one, other] = [await aSigner(), aMemoryAnchor("file:/one"), aMemoryAnchor("file:/other")];
  const checkpoints = checkpointsAs(signer, [one, other]);
  const places = ["file:/one", "file:/other"];
  expect(await checkpoints.anchor(UNTIL)).toEqual({ size: 5, places });
  expect(await checkpoints.anchor(UNTIL)).toEqual({ size: 5, places });
  await append(ledger, 3);
  expect(await checkpoints.anchor(UNTIL)).toEqual({ size: 8, places });

  const remembered = await stored();
  expect(remembered.map(({ size, places: kept }) => [size, kept])).toEqual([
    [5, places],
    [8, places],
  ]);
  for (const anchor of [one, other]) {
    expect(anchor.notes.map(({ size, note }) => [size, note])).toEqual(
      remembered.map(({ size, note }) => [size, note]),
    );
  }
  expect(one.notes.every(({ note }) => signer.trusts(note))).toBe(true);
});

test("an empty ledger is not signed", async () => {
  await aLedger(database.url);
  const anchor = aMemoryAnchor();
  expect(await checkpointsAs(await aSigner(), [anchor]).anchor(UNTIL)).toEqual({
    size: 0,
    places: ["file:/memory"],
  });
  expect(anchor.notes).toEqual([]);
});

test("the tree that is continued from a checkpoint is the tree of all records", async () => {
  const ledger = await aLedgerOf(3);
  const [signer, anchor] = [await aSigner(), aMemoryAnchor()];
  for (let round = 0; round < 9; round++) {
    await checkpointsAs(signer, [anchor]).anchor(UNTIL);
    await append(ledger, 1);
  }
  // Another key trusts no frontier and reads every record; it has to find the same tree.
  const fresh = aMemoryAnchor("file:/fresh");
  const superuser = await database.connect();
  await checkpointsAs(signer, [anchor]).anchor(UNTIL);
  await superuser.query("alter table slipway_ledger.checkpoints disable trigger all");
  await superuser.query("delete from slipway_ledger.checkpoints");
  await checkpointsAs(await aSigner(), [fresh]).anchor(UNTIL);
  const [all, continued] = [fresh.notes.at(-1), anchor.notes.at(-1)].map((one) =>
    checkpointOfNote(one?.note ?? ""),
  );
  expect(all).toEqual(continued);
});

test("killed between keeping and remembering, the next one goes on", async () => {
  const ledger = await aLedgerOf(4);
  const [signer, one, other] = [await aSigner(), aMemoryAnchor("file:/one"), aMemoryAnchor("file:/other")];
  other.failNext(new Error("the anchor is gone"));
  await expect(checkpointsAs(signer, [one, other]).anchor(UNTIL)).rejects.toThrow("the anchor is gone");
  expect([sizes(one.notes), sizes(other.notes), await stored()]).toEqual([[4], [], []]);
  await append(ledger, 2);
  expect(await checkpointsAs(signer, [one, other]).anchor(UNTIL)).toMatchObject({ size: 6 });
  expect([sizes(one.notes), sizes(other.notes), sizes(await stored())]).toEqual([[4, 6], [6], [6]]);
});

test("an anchor that is new gets the newest checkpoint", async () => {
  await aLedgerOf(2);
  const [signer, one, other] = [await aSigner(), aMemoryAnchor("file:/one"), aMemoryAnchor("file:/other")];
  await checkpointsAs(signer, [one]).anchor(UNTIL);
  await checkpointsAs(signer, [one, other]).anchor(UNTIL);
  expect(other.notes).toEqual(one.notes);
});

test("of several at once each covers its records, and the ledger remembers ever larger ones", async () => {
  const ledger = await aLedgerOf(1);
  const [signer, anchor] = [await aSigner(), aMemoryAnchor()];
  const rounds = Array.from({ length: 6 }, async () => {
    const record = await ledger.journal.append(anEntry());
    const { size } = await checkpointsAs(signer, [anchor]).anchor(UNTIL);
    expect(size).toBeGreaterThanOrEqual(record.seq);
  });
  await Promise.all(rounds);
  expect(sizes(await stored()).at(-1)).toBe(7);
});

describe("nothing is signed", () => {
  const edit = (what: string) => `alter table slipway_ledger.records disable trigger all;
    alter table slipway_ledger.head disable trigger all;
    alter table slipway_ledger.checkpoints disable trigger all; ${what}`;
  const rehash = `do $$ declare r record; prev bytea := decode(repeat('00', 32), 'hex'); begin
    for r in select * from slipway_ledger.records order by seq loop
      update slipway_ledger.records set prev_hash = prev,
        entry_hash = sha256('\\x00'::bytea || prev || convert_to(record, 'UTF8'))
      where seq = r.seq returning entry_hash into prev;
    end loop;
    update slipway_ledger.head set entry_hash = prev, seq = (select max(seq) from slipway_ledger.records);
  end $$`;
  const change = "update slipway_ledger.records set record = replace(record, 'migrate', 'nothing') where seq";

  test.each([
    [
      "a record after the checkpoint was edited",
      edit(`${change} = 5`),
      "the hash of record 5 is not that of its text",
    ],
    ["a record is missing", edit("delete from slipway_ledger.records where seq = 5"), "record 5 is missing"],
    [
      "the head does not fit",
      edit("update slipway_ledger.head set seq = 7"),
      "the ledger's head says 7 records, and the last one is not the one it names",
    ],
    ["history was written anew", edit(`${change} = 2; ${rehash}`), "record 3 is not the one that was signed"],
    [
      "history was written anew and the checkpoints forgotten",
      edit(`${change} = 2; delete from slipway_ledger.checkpoints; ${rehash}`),
      "the first 3 records are not those that were signed",
    ],
    [
      "the ledger was set back",
      edit(
        `delete from slipway_ledger.records where seq > 2; delete from slipway_ledger.checkpoints; ${rehash}`,
      ),
      "3 records were signed for, and the ledger has 2: it was set back",
    ],
    [
      "the frontier was changed and a record with it",
      edit(
        `${change} = 2; update slipway_ledger.checkpoints set frontier = sha256('x') || sha256('y'); ${rehash}`,
      ),
      "the first 3 records are not those that were signed",
    ],
  ])("when %s", async (_what, sql, says) => {
    const ledger = await aLedgerOf(3);
    const [signer, anchor] = [await aSigner(), aMemoryAnchor()];
    await checkpointsAs(signer, [anchor]).anchor(UNTIL);
    await append(ledger, 3);
    const superuser = await database.connect();
    await superuser.query(sql);
    await expect(checkpointsAs(signer, [anchor]).anchor(UNTIL)).rejects.toMatchObject({
      problems: [{ code: "LEDGER_NOT_AS_SIGNED", says: `${says}; nothing was signed` }],
      exit: "ledgerNotIntact",
    });
    expect(sizes(anchor.notes)).toEqual([3]);
  });
});

describe("the table", () => {
  test("takes no checkpoint of records that are not there, and no second one of the same", async () => {
    await aLedgerOf(3);
    const superuser = await database.connect();
    const remember = (size: number, root: string) =>
      superuser
        .query<{ told: boolean }>(
          "select slipway_ledger.remember_checkpoint($1, decode($2, 'hex'), decode($2, 'hex'), 'note', '[]') as told",
          [size, root.repeat(32)],
        )
        .then(({ rows }) => rows[0]?.told);
    await expect(remember(4, "aa")).rejects.toMatchObject({ code: "SL009" });
    expect(await remember(2, "aa")).toBe(true);
    expect(await remember(2, "aa")).toBe(true);
    await expect(remember(2, "bb")).rejects.toMatchObject({ code: "SL009" });
    expect(await remember(1, "cc")).toBe(false);
    expect(await remember(3, "dd")).toBe(true);
  });

  test("is only appended to, whoever asks, and the writer only through the function", async () => {
    await aLedgerOf(1);
    await checkpointsAs(await aSigner(), [aMemoryAnchor()]).anchor(UNTIL);
    const superuser = await database.connect();
    for (const sql of [
      "update slipway_ledger.checkpoints set size = 9",
      "delete from slipway_ledger.checkpoints",
      "truncate slipway_ledger.checkpoints",
    ]) {
      await superuser.query("set session_replication_role = replica");
      await expect(superuser.query(sql)).rejects.toMatchObject({ code: "SL002" });
    }
    await superuser.query("reset session_replication_role");
    await superuser.query("set role slipway_writer");
    expect((await superuser.query("select size from slipway_ledger.checkpoints")).rowCount).toBe(1);
    for (const sql of [
      "insert into slipway_ledger.checkpoints select 9, root, frontier, note, places from slipway_ledger.checkpoints",
      "update slipway_ledger.checkpoints set size = 9",
      "delete from slipway_ledger.checkpoints",
    ]) {
      await expect(superuser.query(sql)).rejects.toMatchObject({ code: "42501" });
    }
    await superuser.query("reset role");
    await superuser.query("set role slipway_reader");
    const call = "select slipway_ledger.remember_checkpoint(1, '', '', '', '[]')";
    await expect(superuser.query(call)).rejects.toMatchObject({ code: "42501" });
    await superuser.query("reset role");
  });
});

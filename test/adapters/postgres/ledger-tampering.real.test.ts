import * as fc from "fast-check";
import type { Client } from "pg";
import { expect, test } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aLease, aLedger, anEntry, verdictOf } from "./a-ledger.ts";

const RECORDS = 30;
const TAMPERINGS = 200;
const database = useDatabase();

/** One thing that a superuser can do to the records when no trigger stops it. */
type Tampering =
  | { readonly kind: "edit"; readonly seq: number; readonly rehash: boolean; readonly character: string }
  | { readonly kind: "delete"; readonly seq: number; readonly close: boolean }
  | { readonly kind: "insert"; readonly seq: number }
  | { readonly kind: "swap"; readonly seq: number; readonly other: number; readonly withHashes: boolean }
  | { readonly kind: "copy"; readonly seq: number; readonly from: number }
  | { readonly kind: "cut"; readonly seq: number }
  | { readonly kind: "column"; readonly seq: number; readonly column: "app" | "env" | "deployment_id" }
  | { readonly kind: "hash"; readonly seq: number; readonly column: "prev_hash" | "entry_hash" }
  | { readonly kind: "rewind"; readonly seq: number }
  | { readonly kind: "rewrite"; readonly seq: number }
  | { readonly kind: "head"; readonly change: string };

const seq = fc.integer({ min: 1, max: RECORDS });
const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  fc.record({
    kind: fc.constant("edit" as const),
    seq,
    rehash: fc.boolean(),
    character: fc.constantFrom("X", "é", "\u200b"),
  }),
  fc.record({ kind: fc.constant("delete" as const), seq, close: fc.boolean() }),
  fc.record({ kind: fc.constant("insert" as const), seq }),
  fc
    .record({ kind: fc.constant("swap" as const), seq, other: seq, withHashes: fc.boolean() })
    .filter((one) => one.seq !== one.other),
  fc.record({ kind: fc.constant("copy" as const), seq, from: seq }),
  fc.record({ kind: fc.constant("cut" as const), seq }),
  fc.record({
    kind: fc.constant("column" as const),
    seq,
    column: fc.constantFrom("app" as const, "env" as const, "deployment_id" as const),
  }),
  fc.record({
    kind: fc.constant("hash" as const),
    seq,
    column: fc.constantFrom("prev_hash" as const, "entry_hash" as const),
  }),
  fc.record({ kind: fc.constant("rewind" as const), seq: fc.integer({ min: 2, max: RECORDS }) }),
  fc.record({ kind: fc.constant("rewrite" as const), seq: fc.integer({ min: 1, max: RECORDS - 1 }) }),
  fc.record({
    kind: fc.constant("head" as const),
    change: fc.constantFrom(
      "seq = seq + 1",
      "seq = seq - 1",
      "entry_hash = sha256('x')",
      "log = gen_random_uuid()",
    ),
  }),
);

test(`finds each of ${TAMPERINGS} random tamperings by a superuser who switched the triggers off`, async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  for (let n = 1; n <= RECORDS; n++) await ledger.journal.append(anEntry({ deploymentId: `d-${n % 3}` }));
  const superuser = await database.connect();
  for (const table of ["records", "head"]) {
    await superuser.query(`alter table slipway_ledger.${table} disable trigger all`);
    await superuser.query(`create table ${table}_as_it_was as select * from slipway_ledger.${table}`);
  }
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: RECORDS });

  const seed = Date.now() % 1_000_000_000;
  process.stderr.write(`ledger tampering: seed ${seed}\n`);
  await fc.assert(
    fc.asyncProperty(tampering, async (how) => {
      await restore(superuser);
      await tamper(superuser, how);
      const verdict = await verdictOf(database.url);
      const first = verdict.kind === "intact" ? undefined : verdict.faults[0];
      expect({ how, seq: first?.seq, kind: first?.kind }).toEqual({ how, ...expected(how) });
    }),
    { seed, numRuns: TAMPERINGS, endOnFailure: true },
  );
  await restore(superuser);
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: RECORDS });
}, 120_000);

async function restore(superuser: Client): Promise<void> {
  await superuser.query(`
    delete from slipway_ledger.records; insert into slipway_ledger.records select * from records_as_it_was;
    delete from slipway_ledger.head; insert into slipway_ledger.head select * from head_as_it_was;`);
}

/** Computes all hashes from a record on anew, as a forger who knows the form would. */
const REHASH = `
  do $$
  declare r record; prev bytea;
  begin
    select entry_hash into prev from slipway_ledger.records where seq = $from - 1;
    prev := coalesce(prev, decode(repeat('00', 32), 'hex'));
    for r in select * from slipway_ledger.records where seq between $from and $to order by seq loop
      update slipway_ledger.records set prev_hash = prev,
        entry_hash = sha256('\\x00'::bytea || prev || convert_to(record, 'UTF8'))
      where seq = r.seq returning entry_hash into prev;
    end loop;
  end $$`;
const rehash = (from: number, to: number) =>
  REHASH.replaceAll("$from", String(from)).replaceAll("$to", String(to));
const shiftUp = (from: number) => `
  update slipway_ledger.records set seq = -seq where seq >= ${from};
  update slipway_ledger.records set seq = -seq + 1 where seq < 0`;

async function tamper(superuser: Client, how: Tampering): Promise<void> {
  switch (how.kind) {
    case "edit":
      await superuser.query(
        "update slipway_ledger.records set record = replace(record, 'user/slipway', $2) where seq = $1",
        [how.seq, `user/slip${how.character}way`],
      );
      if (how.rehash) await superuser.query(rehash(how.seq, how.seq));
      return;
    case "delete":
      await superuser.query("delete from slipway_ledger.records where seq = $1", [how.seq]);
      if (how.close) {
        await superuser.query(`
          update slipway_ledger.records set seq = -seq where seq > ${how.seq};
          update slipway_ledger.records set seq = -seq - 1 where seq < 0;
          update slipway_ledger.head set seq = seq - 1`);
      }
      return;
    case "insert":
      await superuser.query(`${shiftUp(how.seq)};
        insert into slipway_ledger.records
          select ${how.seq}, gen_random_uuid(), app, env, deployment_id,
                 replace(record, '"seq":${how.seq + 1}', '"seq":${how.seq}'), prev_hash, entry_hash
          from slipway_ledger.records where seq = ${how.seq + 1};
        update slipway_ledger.head set seq = seq + 1`);
      await superuser.query(rehash(how.seq, how.seq));
      return;
    case "swap":
      await superuser.query(
        how.withHashes
          ? `update slipway_ledger.records set seq = -1 where seq = ${how.seq};
             update slipway_ledger.records set seq = ${how.seq} where seq = ${how.other};
             update slipway_ledger.records set seq = ${how.other} where seq = -1`
          : `update slipway_ledger.records r set record = o.record from records_as_it_was o
             where (r.seq, o.seq) in ((${how.seq}, ${how.other}), (${how.other}, ${how.seq}))`,
      );
      return;
    case "copy":
      await superuser.query(`${shiftUp(how.seq)};
        insert into slipway_ledger.records
          select ${how.seq}, gen_random_uuid(), app, env, deployment_id, record, prev_hash, entry_hash
          from records_as_it_was where seq = ${how.from};
        update slipway_ledger.head set seq = seq + 1`);
      return;
    case "cut":
      await superuser.query("delete from slipway_ledger.records where seq >= $1", [how.seq]);
      return;
    case "column":
      await superuser.query(`update slipway_ledger.records set ${how.column} = 'other' where seq = $1`, [
        how.seq,
      ]);
      return;
    case "hash":
      await superuser.query(`update slipway_ledger.records set ${how.column} = sha256('x') where seq = $1`, [
        how.seq,
      ]);
      return;
    case "rewind":
      await superuser.query(
        `update slipway_ledger.records set record = regexp_replace(record, '"at":"2...', '"at":"1999') where seq = $1`,
        [how.seq],
      );
      await superuser.query(rehash(how.seq, RECORDS));
      await superuser.query(
        "update slipway_ledger.head set entry_hash = (select entry_hash from slipway_ledger.records order by seq desc limit 1)",
      );
      return;
    case "rewrite":
      await superuser.query(
        "update slipway_ledger.records set record = replace(record, 'migrate', 'nothing') where seq = $1",
        [how.seq],
      );
      await superuser.query(rehash(how.seq, RECORDS));
      return;
    case "head":
      await superuser.query(`update slipway_ledger.head set ${how.change}`);
  }
}

const anySeq = expect.any(Number) as number;
const any = (...kinds: string[]) => expect.stringMatching(new RegExp(`^(${kinds.join("|")})$`)) as string;

/** The first record that is named, and the words for what was done to it. */
function expected(how: Tampering): { seq: number; kind: string } {
  switch (how.kind) {
    case "edit":
      return { seq: how.seq, kind: how.rehash && how.seq === RECORDS ? "head-differs" : "edited" };
    case "delete":
      if (how.seq === RECORDS)
        return { seq: how.close ? RECORDS - 1 : RECORDS, kind: any("truncated", "head-differs") };
      return { seq: how.seq, kind: "deleted" };
    case "insert":
      return { seq: how.seq, kind: any("inserted", "edited") };
    case "swap":
      return { seq: Math.min(how.seq, how.other), kind: any("reordered", "edited") };
    case "copy":
      return {
        seq: Math.min(how.seq, RECORDS + 1),
        kind: any("duplicated", "edited", "reordered", "inserted"),
      };
    case "cut":
      return { seq: how.seq, kind: "truncated" };
    case "column":
    case "hash":
      return { seq: how.seq, kind: "edited" };
    case "rewind":
      return { seq: how.seq, kind: "time-backwards" };
    case "rewrite":
      return { seq: RECORDS, kind: "head-differs" };
    case "head":
      return { seq: anySeq, kind: any("head-differs", "truncated", "inserted") };
    default:
      return how satisfies never;
  }
}

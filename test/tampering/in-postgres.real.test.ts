import type { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { auditVerify, type AuditVerifyPorts } from "../../src/actions/audit-verify.ts";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { openAudit, openCheckpoints } from "../../src/adapters/postgres/open-ledger.ts";
import { checkNote } from "../../src/core/ledger/signed-note.ts";
import type { LedgerHead, LedgerRow } from "../../src/core/ledger/types.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Signer } from "../../src/ports/signer.ts";
import { aLease, aLedger, anEntry } from "../adapters/postgres/a-ledger.ts";
import { aMemoryAnchor, type MemoryAnchor } from "../adapters/postgres/a-memory-anchor.ts";
import { useDatabase } from "../support/postgres.ts";
import { isNamed } from "./campaign-run.ts";
import { diceOf } from "./dice.ts";
import { keyOf, type Held, type KeptLedger } from "./kept-ledger.ts";
import { TAMPERINGS } from "./tamperings.ts";

const database = useDatabase();
const KEY = keyOf(7);
const ROUNDS = 3;

const signer: Signer = {
  name: "slipway/campaign",
  verifierKey: "",
  sign: (text) => Promise.resolve(KEY.sign(text)),
  trusts: (note) => checkNote(note, [KEY.verifier], noteTools).kind === "signed",
};

function opened(anchor: MemoryAnchor): AuditVerifyPorts {
  const { audit, history, close } = openAudit(new Secret("ledger-url", database.url));
  onTestFinished(close);
  return { audit, history, anchors: [anchor], ledgerTools, noteTools };
}

/** What the real database holds. */
async function held({ audit, history }: AuditVerifyPorts): Promise<Held & { readonly head: LedgerHead }> {
  const rows: LedgerRow[] = [];
  const head = await audit.read(() => ({ take: (row) => void rows.push(row), finish: (found) => found }));
  if (head === undefined) throw new Error("no head");
  return { rows, head, notes: (await history.stored()).map(({ size, note }) => ({ size, note })) };
}

/** As whoever owns the database could: no trigger, no constraint, and then whatever they like. */
async function unguard(superuser: Client): Promise<void> {
  for (const table of ["records", "head", "checkpoints"])
    await superuser.query(`alter table slipway_ledger.${table} disable trigger all`);
  await superuser.query(`
    alter table slipway_ledger.records drop constraint records_pkey, drop constraint records_id_key,
      alter column id type text;
    alter table slipway_ledger.checkpoints drop constraint checkpoints_pkey`);
}

async function put(superuser: Client, { rows, head, notes }: Held): Promise<void> {
  await superuser.query(
    "delete from slipway_ledger.records; delete from slipway_ledger.head; delete from slipway_ledger.checkpoints",
  );
  await superuser.query(
    `insert into slipway_ledger.records (seq, id, app, env, deployment_id, record, prev_hash, entry_hash)
     select (r ->> 'seq')::bigint, r ->> 'id', r ->> 'app', r ->> 'env', r ->> 'deploymentId', r ->> 'record',
            decode(r ->> 'prevHash', 'hex'), decode(r ->> 'entryHash', 'hex')
     from json_array_elements($1::json) r`,
    [JSON.stringify(rows)],
  );
  if (head !== undefined) {
    await superuser.query(
      "insert into slipway_ledger.head (log, seq, entry_hash) values ($1, $2, decode($3, 'hex'))",
      [head.log, head.seq, head.entryHash],
    );
  }
  for (const { size, note } of notes) {
    await superuser.query(
      `insert into slipway_ledger.checkpoints (size, root, frontier, note, places)
       values ($1, sha256('x'), sha256('x'), $2, '[]')`,
      [size, note],
    );
  }
}

test("each kind of tampering with a real ledger is found and named, by the verifier that people use", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const anchor = aMemoryAnchor("the anchor");
  const ports = opened(anchor);
  const signing = openCheckpoints(new Secret("ledger-url", database.url), { signer, anchors: [anchor] });
  onTestFinished(() => signing.close());

  const backups: Held[] = [];
  for (let n = 1; n <= 24; n++) {
    const data = { note: `é ${n}`, pending: ["0001_a.up.sql"] };
    await ledger.journal.append(anEntry({ step: "smoke", deploymentId: `d-${n % 3}`, data }));
    if (n % 6 !== 0) continue;
    await signing.checkpoints.anchor("2033-11-21T00:00:00Z");
    backups.push(await held(ports));
  }
  const honest = await held(ports);
  const kept = { ...honest, anchor: [...anchor.notes], backups } satisfies KeptLedger;
  const wish = { keys: [KEY.verifier], log: honest.head.log };
  expect(await auditVerify(wish, ports)).toMatchObject({ verdict: { kind: "intact" }, warnings: [] });

  const superuser = await database.connect();
  await unguard(superuser);
  const seed = String(Date.now() % 1_000_000_000);
  process.stderr.write(`tampering in Postgres: seed ${seed}\n`);
  for (const [name, tamper] of Object.entries(TAMPERINGS)) {
    for (let round = 0; round < ROUNDS; round++) {
      const tampered = tamper(kept, diceOf(`${seed}/${name}/${round}`));
      // Postgres stores whole bytes of a hash and whole UUIDs; what it cannot hold nobody can put there.
      await put(superuser, tampered);
      anchor.notes.splice(0, Infinity, ...tampered.anchor.map((one) => ({ ...one, log: honest.head.log })));
      const { verdict } = await auditVerify(wish, ports);
      const first = verdict.kind === "intact" ? undefined : verdict.faults[0];
      const isRight = first !== undefined && isNamed(first, tampered);
      expect({ name, round, isRight, first, truth: tampered.seq }).toMatchObject({ isRight: true });
    }
  }

  await put(superuser, honest);
  anchor.notes.splice(0, Infinity, ...kept.anchor.map((one) => ({ ...one, log: honest.head.log })));
  expect((await auditVerify(wish, ports)).verdict).toEqual({
    kind: "intact",
    records: 24,
    head: honest.head,
  });
}, 180_000);

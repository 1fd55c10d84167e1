import type { Client } from "pg";
import type { LedgerHead, LedgerRow } from "../../core/ledger/types.ts";
import type { AuditFilter, AuditTrail, LedgerProtection, LedgerReader } from "../../ports/audit-trail.ts";
import type { JournalRecord } from "../../ports/journal.ts";
import { readRecord } from "./journal-record.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

const PARCEL = 2000;
const READ_DEADLINE_MS = 600_000;

/** Reads the ledger for an auditor; needs no more than the role slipway_reader. */
export function ledgerAudit(connection: LedgerConnection): AuditTrail {
  return {
    records: (filter, limit) => connection.run((client) => records(client, filter, limit)),
    read: (begin) => connection.run((client) => readAll(client, begin()), READ_DEADLINE_MS),
    protection: () => connection.run(protection),
  };
}

async function records(
  client: Client,
  { app, env, deploymentId }: AuditFilter,
  limit: number,
): Promise<readonly JournalRecord[]> {
  const { rows } = await client.query<{ record: string }>(
    `select record from slipway_ledger.records
     where ($1::text is null or app = $1) and ($2::text is null or env = $2)
       and ($3::text is null or deployment_id = $3)
     order by seq desc limit $4`,
    [app, env, deploymentId, limit],
  );
  return rows.map(({ record }) => readRecord(record)).toReversed();
}

async function readAll<T>(client: Client, reader: LedgerReader<T>): Promise<T> {
  await client.query("begin isolation level repeatable read read only");
  try {
    await readRows(client, 0, (row) => reader.take(row));
    return reader.finish(await readHead(client));
  } finally {
    await client.query("rollback");
  }
}

/** Hands over the rows after a seq, in its order, inside the transaction that is open. */
export async function readRows(client: Client, after: number, take: (row: LedgerRow) => void): Promise<void> {
  await client.query(`
    declare ledger_rows no scroll cursor for
    select seq, id, app, env, deployment_id as "deploymentId", record,
           encode(prev_hash, 'hex') as "prevHash", encode(entry_hash, 'hex') as "entryHash"
    from slipway_ledger.records where seq > ${after} or ${after} = 0 order by seq`);
  for (;;) {
    const { rows } = await client.query<Omit<LedgerRow, "seq"> & { readonly seq: string }>(
      `fetch ${PARCEL} from ledger_rows`,
    );
    for (const row of rows) take({ ...row, seq: Number(row.seq) });
    if (rows.length < PARCEL) return;
  }
}

/** `undefined`: the row is gone. */
export async function readHead(client: Client): Promise<LedgerHead | undefined> {
  const { rows } = await client.query<Omit<LedgerHead, "seq"> & { readonly seq: string }>(
    `select log, seq, encode(entry_hash, 'hex') as "entryHash" from slipway_ledger.head`,
  );
  const [head] = rows;
  return head === undefined ? undefined : { ...head, seq: Number(head.seq) };
}

async function protection(client: Client): Promise<LedgerProtection> {
  const { rows } = await client.query<LedgerProtection>(
    `select current_user::text as role,
            r.rolsuper or pg_has_role(current_user, c.relowner, 'member') as "mayAlter"
     from pg_roles r, pg_class c
     where r.rolname = current_user and c.oid = 'slipway_ledger.records'::regclass`,
  );
  const [found] = rows;
  if (found === undefined) throw new Error("the ledger does not say who owns it");
  return found;
}

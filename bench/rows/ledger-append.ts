import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { LedgerConnection } from "../../src/adapters/postgres/ledger-connection.ts";
import { ledgerJournal } from "../../src/adapters/postgres/ledger-journal.ts";
import { ledgerLeases } from "../../src/adapters/postgres/ledger-leases.ts";
import { ensureLedger } from "../../src/adapters/postgres/ensure-ledger.ts";
import { Secret } from "../../src/core/secret.ts";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import type { Journal, JournalEntry } from "../../src/ports/journal.ts";
import { absoluteRow, type Row } from "../row.ts";

const CLIENTS = 100;
const SECONDS = 5;
const BARE_SECONDS = 2;
const WARM_UP = 200;

interface Writer {
  readonly journal: Journal;
  readonly entry: JournalEntry;
}

/**
 * What one append takes, through the product's own journal, on a Postgres that forces every commit to disk: with one
 * client, and with a hundred at once, each with a lease of its own.
 */
export async function measure(): Promise<Row[]> {
  const server = await startPostgres({
    folder: mkdtempSync(join(tmpdir(), "slipway-bench-ledger-")),
    settings: { max_connections: String(CLIENTS + 20) },
  });
  const connections: LedgerConnection[] = [];
  try {
    const url = new Secret("ledger-url", server.url);
    await ensureLedger(url, new AbortController().signal);
    const writers = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, n): Promise<Writer> => {
        const connection = new LedgerConnection(url, `bench ${n}`);
        connections.push(connection);
        const answer = await ledgerLeases(connection).take({
          app: "diary",
          env: `e-${n}`,
          holder: `bench ${n}`,
          purpose: "a benchmark",
          lifetimeSeconds: 3600,
        });
        if (answer.kind === "held") throw new Error("a new ledger has a lease that is held");
        return { journal: ledgerJournal(connection), entry: anEntry(n, answer.lease.fence) };
      }),
    );

    const bare = await bareInsert(server.url, writers[0]?.entry);
    const one = await microseconds(writers.slice(0, 1));
    const hundred = await microseconds(writers);
    await proveGapless(server.url);
    return [
      {
        ...absoluteRow("ledger: one append, one client (2,000/s are 500 µs)", "µs", one, 500),
        baseline: bare,
      },
      absoluteRow(`ledger: one append, ${CLIENTS} clients (1,000/s are 1000 µs)`, "µs", hundred, 1000),
    ];
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
    await server.remove();
  }
}

/** Time divided by the records appended in it. */
async function microseconds(writers: readonly Writer[]): Promise<number> {
  await Promise.all(
    writers.map(async ({ journal, entry }) => {
      for (let n = 0; n < WARM_UP / writers.length; n += 1) await journal.append(entry);
    }),
  );

  const began = performance.now();
  const until = began + SECONDS * 1000;
  const counts = await Promise.all(
    writers.map(async ({ journal, entry }) => {
      let count = 0;
      for (; performance.now() < until; count += 1) await journal.append(entry);
      return count;
    }),
  );
  const appended = counts.reduce((sum, count) => sum + count, 0);
  return ((performance.now() - began) * 1000) / appended;
}

/** What the disk and the driver take by themselves: the same text into a table without an index. */
async function bareInsert(url: string, entry: JournalEntry | undefined): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("create table bare (entry text)");
    const insert = { name: "bare", text: "insert into bare values ($1)", values: [JSON.stringify(entry)] };
    const began = performance.now();
    let count = 0;
    for (; performance.now() < began + BARE_SECONDS * 1000; count += 1) await client.query(insert);
    return ((performance.now() - began) * 1000) / count;
  } finally {
    await client.end();
  }
}

async function proveGapless(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ gapless: boolean }>(
      `select count(*) = max(r.seq) and max(r.seq) = max(h.seq) as gapless
       from slipway_ledger.records r, slipway_ledger.head h`,
    );
    if (rows[0]?.gapless !== true) throw new Error("the ledger has gaps");
  } finally {
    await client.end();
  }
}

function anEntry(n: number, fence: number): JournalEntry {
  return {
    type: "step",
    app: "diary",
    env: `e-${n}`,
    deploymentId: `0b7f1c52-6f0e-4a55-9d0e-0000000000${String(n).padStart(2, "0")}`,
    step: "migrate",
    attempt: 1,
    phase: "outcome",
    outcome: "done",
    fence,
    actor: "arn:aws:sts::000000000000:assumed-role/deploy/run-1",
    data: {
      applied: ["0007_diary_entries_by_clinic.up.sql", "0008_entry_language.up.sql"],
      milliseconds: [412, 38],
      schema: { before: "0006_clinics", after: "0008_entry_language" },
    },
  };
}

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { ensureLedger } from "../../src/adapters/postgres/ensure-ledger.ts";
import { ledgerAudit } from "../../src/adapters/postgres/ledger-audit.ts";
import { LedgerConnection } from "../../src/adapters/postgres/ledger-connection.ts";
import { ledgerGatekeeping } from "../../src/adapters/postgres/ledger-gatekeeping.ts";
import { ledgerLeases } from "../../src/adapters/postgres/ledger-leases.ts";
import { ledgerReleases } from "../../src/adapters/postgres/ledger-releases.ts";
import { auditShow } from "../../src/actions/audit-show.ts";
import { Secret } from "../../src/core/secret.ts";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import { absoluteRow, type Row } from "../row.ts";

const RECORDS = 1_000_000;
const QUESTIONS = 300;
const LIMIT_MS = 200;
/** What `audit show` shows when nobody says otherwise. */
const SHOWN = 200;

/** What `status` and `audit show` ask a ledger with a million records, through the product's own adapters. */
export async function measure(): Promise<Row[]> {
  // Nothing here is about how fast a commit gets to the disk.
  const server = await startPostgres({
    folder: mkdtempSync(join(tmpdir(), "slipway-bench-ledger-")),
    settings: { fsync: "off", synchronous_commit: "off" },
  });
  const url = new Secret("ledger-url", server.url);
  const connection = new LedgerConnection(url, "bench");
  try {
    await ensureLedger(url, new AbortController().signal);
    await seed(server.url);
    const releases = ledgerReleases(connection);
    const leases = ledgerLeases(connection);
    const gates = ledgerGatekeeping(connection);
    const audit = ledgerAudit(connection);

    const status = await slowest99(async (n) => {
      const app = `app-${n % 10}`;
      const env = ["development", "staging", "production"][n % 3] ?? "";
      const [good, deployments] = await Promise.all([
        releases.lastKnownGood(app, env),
        releases.deployments(app, env, 10),
        releases.migrationTrail(app, env),
        leases.current(app, env),
        gates.holds(app, env),
        gates.reviews(app, env),
        gates.mutations(app, env, Date.now() - 86_400_000),
      ]);
      if (good === undefined || deployments.length !== 10) throw new Error(`nothing known of ${app}/${env}`);
    });
    const show = await slowest99(async (n) => {
      const deploymentId = `d-${(n * 7919) % (RECORDS / 50)}`;
      const lines = await auditShow({ app: undefined, env: undefined, deploymentId }, SHOWN, { audit });
      if (lines.length !== 50) throw new Error(`${deploymentId} has ${lines.length} records`);
    });
    const newest = await slowest99(async (n) => {
      const filter = { app: `app-${n % 10}`, env: "production", deploymentId: undefined };
      const lines = await auditShow(filter, SHOWN, { audit });
      if (lines.length !== SHOWN) throw new Error(`only ${lines.length} records`);
    });
    const million = `at ${RECORDS.toLocaleString("en")} records, p99`;
    return [
      absoluteRow(`ledger: status ${million}`, "ms", status, LIMIT_MS),
      absoluteRow(`ledger: audit show of a deployment ${million}`, "ms", show, LIMIT_MS),
      absoluteRow(`ledger: audit show of an environment ${million}`, "ms", newest, LIMIT_MS),
    ];
  } finally {
    await connection.close();
    await server.remove();
  }
}

/** Milliseconds that 99 of 100 questions stay below. */
async function slowest99(ask: (n: number) => Promise<void>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < QUESTIONS; n += 1) {
    const began = performance.now();
    await ask(n);
    took.push(performance.now() - began);
  }
  return took.toSorted((one, other) => one - other)[Math.ceil(QUESTIONS * 0.99) - 1] ?? Number.NaN;
}

/** Records as a deployment writes them; their chain is not that of a real ledger, and no question here asks for it. */
async function seed(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      readFileSync(new URL("ledger-seed.sql", import.meta.url), "utf8").replaceAll(
        ":records",
        String(RECORDS),
      ),
    );
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

import type { Secret } from "../../core/secret.ts";
import type { AuditTrail } from "../../ports/audit-trail.ts";
import type { CheckpointHistory, Checkpoints } from "../../ports/checkpoints.ts";
import type { Gatekeeping } from "../../ports/gatekeeping.ts";
import type { Journal } from "../../ports/journal.ts";
import type { LeaseStore } from "../../ports/lease-store.ts";
import type { Releases } from "../../ports/releases.ts";
import { storedCheckpoints } from "./checkpoint-history.ts";
import { ensureLedger } from "./ensure-ledger.ts";
import { ledgerAudit } from "./ledger-audit.ts";
import { ledgerCheckpoints, type CheckpointOptions } from "./ledger-checkpoints.ts";
import { LedgerConnection } from "./ledger-connection.ts";
import { ledgerGatekeeping } from "./ledger-gatekeeping.ts";
import { ledgerJournal } from "./ledger-journal.ts";
import { ledgerLeases } from "./ledger-leases.ts";
import { ledgerReleases } from "./ledger-releases.ts";

export interface Ledger {
  readonly journal: Journal;
  readonly leases: LeaseStore;
  readonly releases: Releases;
  readonly gatekeeping: Gatekeeping;
  close(): Promise<void>;
}

/** A heartbeat that waits longer than this has missed its beat. */
const HEARTBEAT_PATIENCE = { statementMs: 3000, comeBackMs: 3000 };

/** Opens the ledger and sets it up on first use. Throws `LEDGER_…` (exit 11, or 2 for a URL that is none). */
export async function openLedger(
  url: Secret,
  signal: AbortSignal = new AbortController().signal,
): Promise<Ledger> {
  await ensureLedger(url, signal);
  const records = new LedgerConnection(url, `slipway, process ${process.pid}`);
  const leases = new LedgerConnection(url, `slipway lease, process ${process.pid}`, HEARTBEAT_PATIENCE);
  return {
    journal: ledgerJournal(records),
    releases: ledgerReleases(records),
    gatekeeping: ledgerGatekeeping(records),
    leases: ledgerLeases(leases),
    close: async () => {
      await Promise.all([records.close(), leases.close()]);
    },
  };
}

export interface OpenCheckpoints {
  readonly checkpoints: Checkpoints;
  readonly history: CheckpointHistory;
  readonly close: () => Promise<void>;
}

/** Opens the ledger, which exists, to sign its head. Throws `LEDGER_…` (exit 11) when it is used. */
export function openCheckpoints(url: Secret, options: CheckpointOptions): OpenCheckpoints {
  const connection = new LedgerConnection(url, `slipway checkpoints, process ${process.pid}`);
  return {
    checkpoints: ledgerCheckpoints(connection, options),
    history: storedCheckpoints(connection),
    close: () => connection.close(),
  };
}

export interface OpenAudit {
  readonly audit: AuditTrail;
  readonly history: CheckpointHistory;
  readonly close: () => Promise<void>;
}

/** Opens the ledger to read it; sets nothing up and changes nothing. */
export function openAudit(url: Secret): OpenAudit {
  const connection = new LedgerConnection(url, `slipway audit, process ${process.pid}`);
  return {
    audit: ledgerAudit(connection),
    history: storedCheckpoints(connection),
    close: () => connection.close(),
  };
}

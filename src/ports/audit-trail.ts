import type { LedgerHead, LedgerRow } from "../core/ledger/types.ts";
import type { JournalRecord } from "./journal.ts";

export interface AuditFilter {
  readonly app: string | undefined;
  readonly env: string | undefined;
  readonly deploymentId: string | undefined;
}

/** What the ledger's tables are protected by, as the database says. */
export interface LedgerProtection {
  /** The role of this session. */
  readonly role: string;
  /** That role owns the ledger's tables or is a superuser: it could change them. */
  readonly mayAlter: boolean;
}

export interface LedgerReader<T> {
  take(row: LedgerRow): void;
  /** `undefined`: the head row is gone. */
  finish(head: LedgerHead | undefined): T;
}

/** Reads the ledger as it is stored. */
export interface AuditTrail {
  /** Records, oldest first; the newest `limit` of them. */
  records(filter: AuditFilter, limit: number): Promise<readonly JournalRecord[]>;
  /**
   * Hands every row over in the order of seq, and then the head, all as of one instant. When the connection is lost on
   * the way it begins again, with a new reader. Throws `LEDGER_UNREACHABLE` (exit 11).
   */
  read<T>(begin: () => LedgerReader<T>): Promise<T>;
  protection(): Promise<LedgerProtection>;
}

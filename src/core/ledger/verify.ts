import { ClaimCheck, type Covered } from "./check-claims.ts";
import { headFaults } from "./check-head.ts";
import type { Claims } from "./claims.ts";
import { movedFaults } from "./moved-faults.ts";
import { readFrame, type LedgerFrame } from "./read-frame.ts";
import type {
  LedgerFault,
  LedgerFaultKind,
  LedgerHead,
  LedgerRow,
  LedgerTools,
  LedgerVerdict,
} from "./types.ts";

const NO_HASH = "0".repeat(64);

const NO_CLAIMS: Claims = { claims: [], faults: [] };

/** Verifies the rows, ordered by seq, against the head and the checkpoints. */
export function verifyLedger(
  rows: Iterable<LedgerRow>,
  head: LedgerHead | undefined,
  tools: LedgerTools,
  claims: Claims = NO_CLAIMS,
): LedgerVerdict {
  const verifier = new LedgerVerifier(tools, claims);
  for (const row of rows) verifier.take(row);
  return verifier.finish(head);
}

/** The row before, and what it said of itself. */
interface Seen {
  readonly row: LedgerRow;
  readonly frame: LedgerFrame | undefined;
  readonly beforeHash: string;
}

/**
 * Verifies a ledger row by row, so that it need not fit into memory. It finds what contradicts itself; a whole chain
 * computed anew together with its head contradicts nothing, and is found only by comparing it with checkpoints that are
 * kept where the database's owner cannot write.
 */
export class LedgerVerifier {
  readonly #tools: LedgerTools;
  readonly #faults: LedgerFault[] = [];
  readonly #claimFaults: readonly LedgerFault[];
  /** Records that stand where they do not belong: place → the place that the record itself names. */
  readonly #moved = new Map<number, number>();
  readonly #claims: ClaimCheck;
  readonly #wanted: string | undefined;
  #covered: Covered = { signed: 0, outside: 0 };
  #records = 0;
  #last: Seen | undefined;
  #log: string | undefined;

  /** @param wanted id of the ledger as it is known from elsewhere */
  constructor(tools: LedgerTools, { claims, faults }: Claims = NO_CLAIMS, wanted?: string) {
    this.#tools = tools;
    this.#wanted = wanted;
    this.#claims = new ClaimCheck(claims, tools);
    this.#claimFaults = faults;
  }

  /** How far the records are as they were signed for; known after the end. */
  get covered(): Covered {
    return this.#covered;
  }

  /** The next row, in the order of seq. */
  take(row: LedgerRow): void {
    this.#records += 1;
    const read = readFrame(row, this.#tools.canonicalize);
    const last = this.#last;
    this.#place(row, last);
    if (read === undefined) {
      this.#fault(row.seq, "edited", "the text is not a record");
    } else {
      this.#content(row, read.frame, last);
    }
    this.#link(row, last, read?.canonical ?? row.record);
    this.#claims.take(row);
    this.#last = { row, frame: read?.frame, beforeHash: last?.row.entryHash ?? NO_HASH };
  }

  /** After the last row. */
  finish(head: LedgerHead | undefined): LedgerVerdict {
    const last = this.#last?.row;
    const end = last?.seq ?? 0;
    const log = this.#log ?? head?.log;
    const chain = { end, entryHash: last?.entryHash ?? NO_HASH, log: this.#log };
    this.#faults.push(...headFaults(chain, head, this.#wanted));

    this.#faults.push(...movedFaults(this.#moved));
    const compared = this.#claims.finish({ end, log, head, faults: this.#faults });
    this.#covered = compared.covered;
    // Of the same record a signature says more than the head, which stands beside the records.
    const ofRecords = [...compared.faults, ...this.#faults].sort(bySeq);
    const faults = [...ofRecords, ...[...compared.strangers, ...this.#claimFaults].sort(bySeq)];
    if (faults.length === 0 && head !== undefined) return { kind: "intact", records: this.#records, head };
    return { kind: "not-intact", records: this.#records, faults };
  }

  #place(row: LedgerRow, last: Seen | undefined): void {
    const expected = (last?.row.seq ?? 0) + 1;
    if (row.seq < expected) this.#fault(row.seq, "duplicated", "the number is there more than once");
    if (row.seq > expected) {
      const says =
        row.seq === expected + 1 ? "it is missing" : `records ${expected} to ${row.seq - 1} are missing`;
      this.#fault(expected, "deleted", says);
    }
  }

  #link(row: LedgerRow, last: Seen | undefined, canonical: string): void {
    const before = last?.row.entryHash ?? NO_HASH;
    let isOwn = this.#tools.entryHash(row.prevHash, row.record) === row.entryHash;
    // Written in another way, with the same meaning: before it was hashed, or after.
    const isReencoded =
      canonical !== row.record && (isOwn || this.#tools.entryHash(row.prevHash, canonical) === row.entryHash);
    if (isReencoded) {
      this.#fault(row.seq, "not-canonical", "the text is not in the form of RFC 8785");
      isOwn = true;
    }
    if (row.prevHash === before) {
      if (!isOwn) this.#fault(row.seq, "edited", "its hash is not that of its text");
      return;
    }

    if (!isOwn) {
      // Only the stored link was touched when the record fits to the one before it.
      const fits = this.#tools.entryHash(before, row.record) === row.entryHash;
      this.#fault(
        row.seq,
        "edited",
        fits ? "its link to the record before was changed" : "its hash is not its own",
      );
      return;
    }
    // Whole in itself, and made after another record than the one that stands before it now.
    if (last === undefined) {
      const isInPlace = row.seq === 1 && !this.#moved.has(row.seq);
      if (isInPlace) this.#fault(row.seq, "edited", "it does not begin a ledger");
      return;
    }
    // A gap, a copy and a record out of its place are told by what they are; the one before is not to blame.
    const isTold =
      last.row.seq + 1 !== row.seq || last.row.record === row.record || this.#moved.has(last.row.seq);
    if (isTold) return;
    const says = `record ${row.seq} was made after another one than this`;
    if (row.prevHash === last.beforeHash) this.#fault(last.row.seq, "inserted", says);
    else if (!this.#moved.has(row.seq)) this.#fault(last.row.seq, "edited", says);
  }

  #content(row: LedgerRow, frame: LedgerFrame, last: Seen | undefined): void {
    if (frame.seq !== row.seq) {
      if (last?.row.record === row.record) {
        this.#fault(row.seq, "duplicated", `it is a copy of record ${frame.seq}`);
      } else {
        this.#moved.set(row.seq, frame.seq);
      }
    }
    this.#log ??= frame.log;
    if (frame.log !== this.#log) this.#fault(row.seq, "inserted", "it was made in another ledger");
    if (
      frame.id !== row.id ||
      frame.app !== row.app ||
      frame.env !== row.env ||
      frame.deploymentId !== row.deploymentId
    ) {
      this.#fault(row.seq, "edited", "its columns do not say what its text says");
    }
    // Of the same form and in UTC, so that text compares as time does.
    if (last?.frame !== undefined && frame.at < last.frame.at) {
      this.#fault(row.seq, "time-backwards", `${frame.at} is before ${last.frame.at}`);
    }
  }

  #fault(seq: number, kind: LedgerFaultKind, says: string): void {
    this.#faults.push({ seq, kind, says });
  }
}

const bySeq = (one: LedgerFault, other: LedgerFault): number => one.seq - other.seq;

/** A signed head of the ledger, as kept outside of it. */
export interface AnchoredCheckpoint {
  readonly log: string;
  /** Number of records that it covers. */
  readonly size: number;
  /** The signed note (C2SP tlog-checkpoint), whole. */
  readonly note: string;
}

/** Keeps signed checkpoints where whoever owns the ledger's database cannot change them. */
export interface Anchor {
  /** For people and the record: `file:/…`, `s3://bucket/prefix`. */
  readonly place: string;
  /**
   * Writes the checkpoint and reads it back. Equal ones twice are fine; another note for the same size is refused.
   * Resolves only when it is kept. Throws `ANCHOR_…` (exit 11).
   *
   * @param retainUntil RFC 3339, UTC; kept at least so long, may be extended and is never shortened
   */
  keep(checkpoint: AnchoredCheckpoint, retainUntil: string): Promise<void>;
  /** Those that are kept of a log, in the order of their size; with `fromSize` only those that cover at least so many. */
  kept(log: string, fromSize?: number): Promise<readonly AnchoredCheckpoint[]>;
  /** A small document beside the checkpoints, for the day the ledger is gone: the known good releases, signed. */
  putDocument(name: string, text: string, retainUntil: string): Promise<void>;
  getDocument(name: string): Promise<string | undefined>;
}

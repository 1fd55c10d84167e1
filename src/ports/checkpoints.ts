/** What the ledger hands over to be signed, and what it remembers of what was. */
export interface Checkpoints {
  /**
   * Signs the ledger's head as it is now, keeps it at every anchor and remembers it; does nothing when the newest
   * checkpoint covers the head already and is kept everywhere. Answers how many records are covered.
   * Throws `ANCHOR_…`, `SIGNING_KEY_…` or `LEDGER_…` (exit 11), and `LEDGER_NOT_AS_SIGNED` (exit 50) when the records
   * contradict a checkpoint that exists: then nothing may be reported as done, and nothing was signed.
   *
   * @param retainUntil RFC 3339, UTC; the anchors keep the checkpoint at least so long
   */
  anchor(retainUntil: string): Promise<{ readonly size: number; readonly places: readonly string[] }>;
  /** How many of the newest records no remembered checkpoint covers. Reads only. */
  unanchored(): Promise<number>;
}

/** A checkpoint as the ledger remembers it; nothing of it is believed before its signature is checked. */
export interface StoredCheckpoint {
  readonly size: number;
  /** The signed note, whole. */
  readonly note: string;
  /** Where it was kept when it was made. */
  readonly places: readonly string[];
}

/** The checkpoints that the ledger remembers. */
export interface CheckpointHistory {
  /** In the order of their size; none when the ledger's schema is older than checkpoints. */
  stored(): Promise<readonly StoredCheckpoint[]>;
  /** Id of the ledger; `undefined` when nothing says it any more. */
  log(): Promise<string | undefined>;
}

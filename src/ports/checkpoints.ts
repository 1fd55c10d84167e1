/** What the ledger hands over to be signed, and what it remembers of what was. */
export interface Checkpoints {
  /**
   * Signs the ledger's head as it is now, keeps it at every anchor and remembers it; does nothing when the newest
   * checkpoint covers the head already and is kept everywhere. Answers how many records are covered.
   * Throws `ANCHOR_…`, `SIGNING_KEY_…` or `LEDGER_…` (exit 11): then nothing may be reported as done.
   */
  anchor(retainUntil: string): Promise<{ readonly size: number; readonly places: readonly string[] }>;
}

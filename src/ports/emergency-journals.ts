import type { Journal } from "./journal.ts";

/** Where an emergency is written down while the ledger is gone. */
export interface EmergencyJournals {
  /** A new journal; its file is made with its first record. */
  begin(env: string): EmergencyJournal;
}

export interface EmergencyJournal {
  /** Absolute path. */
  readonly file: string;
  /**
   * Resolves when the record is signed and on the disk. Throws `EMERGENCY_JOURNAL_…` or `SIGNING_KEY_…` (exit 11):
   * then nothing may be done.
   */
  readonly append: Journal["append"];
  /**
   * Puts what is written so far at the anchors, as a document of that name. Answers where it is kept, and why not
   * elsewhere. Never rejects because of an anchor.
   *
   * @param retainUntil RFC 3339, UTC
   */
  keep(
    name: string,
    retainUntil: string,
  ): Promise<{ readonly places: readonly string[]; readonly missing: readonly string[] }>;
}

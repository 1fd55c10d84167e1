/** Signs for the ledger. The key itself never comes out of it. */
export interface Signer {
  /** The public key as others trust it: `<name>+<id>+<base64>` (C2SP signed-note). */
  readonly verifierKey: string;
  /** Name of the key and origin of the log. */
  readonly name: string;
  /**
   * The note that says `text`, which ends with a line feed, and who signed it. The same text gives the same note.
   * Throws `SIGNING_KEY_…` (exit 11).
   */
  sign(text: string): Promise<string>;
  /** Whether a trusted key has signed this note and it is as it was signed. */
  trusts(note: string): boolean;
}

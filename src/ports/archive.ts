/** One file that holds several. */
export interface Archive {
  /** The same files give the same bytes. */
  pack(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array>;
  /** Throws `ARCHIVE_…` (exit 2) for bytes that are no archive of plain files. */
  unpack(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>>;
}

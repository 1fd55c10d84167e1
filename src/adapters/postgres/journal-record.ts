import canonicalize from "canonicalize";
import type { JournalEntry, JournalRecord } from "../../ports/journal.ts";

/**
 * RFC 8785 of a value as JSON sees it: what JSON has no words for is left out. Two things that the output of a broken
 * command may hold are made visible instead: half a character, which the RFC forbids, becomes U+FFFD, and NUL, which
 * Postgres cannot read out of JSON, becomes U+2400.
 */
export function canonicalText(value: unknown): string {
  const plain: unknown = JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? storable(part) : part)),
  );
  return canonicalize(plain) ?? "null";
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u2400");
}

/** A record out of its stored text. The text is the database's own and was checked when it was written. */
export function readRecord(text: string): JournalRecord {
  const { at, seq, entry } = JSON.parse(text) as {
    readonly at: string;
    readonly seq: number;
    readonly entry: Omit<JournalEntry, "step" | "outcome"> & Partial<Pick<JournalEntry, "step" | "outcome">>;
  };
  return { ...entry, step: entry.step, outcome: entry.outcome, seq, at };
}

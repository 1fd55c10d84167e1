import { parseJson } from "../json.ts";
import { isObject } from "../ledger/is-object.ts";
import { checkNote, type NoteTools, type VerifierKey } from "../ledger/signed-note.ts";
import type { LedgerTools } from "../ledger/types.ts";

// The journal of an emergency: one line of canonical JSON for each record, chained as the ledger's records are, and every
// line with a signature over the chain so far. So a run that is killed leaves a journal that is signed to its last line.

export type ChainTools = Pick<LedgerTools, "entryHash" | "canonicalize">;

/** What a line records. `entry` and `changes` are those of the ledger's `append`. */
export interface EmergencyRecord {
  /** The clock of the machine that wrote it, RFC 3339, UTC. No database has confirmed it. */
  readonly at: string;
  readonly changes: readonly unknown[];
  readonly entry: Readonly<Record<string, unknown>>;
  /** Hash of the record before it, hex; 64 zeros for the first. */
  readonly prev: string;
  /** From 1 on. */
  readonly seq: number;
}

/** A record in its place. */
export interface ChainLink {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

export const CHAIN_START: ChainLink = { seq: 0, hash: "0".repeat(64) };

/** The next record's place in the chain, and the text to sign for it. */
export function linkAfter(
  last: ChainLink,
  content: Pick<EmergencyRecord, "at" | "changes" | "entry">,
  tools: ChainTools,
): { readonly link: ChainLink; readonly record: EmergencyRecord; readonly signed: string } {
  const record = recordOf(plain({ ...content, prev: last.hash, seq: last.seq + 1 }));
  if (record === undefined) throw new Error("what an emergency records is no record");
  const link = { seq: record.seq, hash: tools.entryHash(last.hash, tools.canonicalize(record)) };
  return { link, record, signed: textToSign(link) };
}

/** The line of a record, with its line feed. @param note the signed note of `linkAfter`'s text */
export function writeLine(
  record: EmergencyRecord,
  { hash }: ChainLink,
  note: string,
  tools: ChainTools,
): string {
  const signature = note.slice(note.lastIndexOf("\n\n") + 2).trimEnd();
  return `${tools.canonicalize({ hash, record, signature })}\n`;
}

export type ReadChain =
  | { readonly kind: "intact"; readonly records: readonly EmergencyRecord[]; readonly torn: boolean }
  | { readonly kind: "not-intact"; readonly line: number; readonly says: string };

/**
 * Reads a journal and believes it when every line is in its place and signed by a trusted key. A last line without its
 * line feed was being written when the machine died: it is left out, and told.
 */
export function readChain(
  text: string,
  keys: readonly VerifierKey[],
  tools: ChainTools & NoteTools,
): ReadChain {
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const records: EmergencyRecord[] = [];
  let last = CHAIN_START;
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, last, keys, tools);
    if (read.kind === "wrong") return { kind: "not-intact", line: index + 1, says: read.says };
    records.push(read.record);
    last = read.link;
  }
  return records.length === 0
    ? { kind: "not-intact", line: 1, says: "there is no whole record in it" }
    : { kind: "intact", records, torn };
}

type ReadLine =
  | { readonly kind: "record"; readonly record: EmergencyRecord; readonly link: ChainLink }
  | { readonly kind: "wrong"; readonly says: string };

function readLine(
  line: string,
  last: ChainLink,
  keys: readonly VerifierKey[],
  tools: ChainTools & NoteTools,
): ReadLine {
  const parsed = parseJson(line);
  if (parsed.kind === "refused") return wrong(parsed.says);
  const { value } = parsed;
  const record = isObject(value) ? recordOf(value["record"]) : undefined;
  if (record === undefined || !isObject(value)) return wrong("is no record of an emergency's journal");
  if (tools.canonicalize(value) !== line) return wrong("is not written as it was");
  if (record.seq !== last.seq + 1) return wrong(`is record ${record.seq} where ${last.seq + 1} should be`);
  if (record.prev !== last.hash) return wrong("does not follow on the line before it");

  const link = { seq: record.seq, hash: tools.entryHash(last.hash, tools.canonicalize(record)) };
  if (value["hash"] !== link.hash) return wrong("does not have the hash of its content");
  const note = `${textToSign(link)}\n${String(value["signature"])}\n`;
  const verdict = checkNote(note, keys, tools);
  if (verdict.kind === "signed") return { kind: "record", record, link };
  return wrong(
    verdict.kind === "unknown-key"
      ? `is signed by ${verdict.by}, which is not trusted here`
      : "does not have the signature of its content",
  );
}

function recordOf(value: unknown): EmergencyRecord | undefined {
  if (!isObject(value)) return undefined;
  const { at, changes, entry, prev, seq } = value;
  if (typeof at !== "string" || typeof prev !== "string" || typeof seq !== "number") return undefined;
  if (!Array.isArray(changes) || !isObject(entry)) return undefined;
  return { at, changes, entry, prev, seq };
}

function textToSign({ seq, hash }: ChainLink): string {
  return `slipway-emergency\n${seq} ${hash}\n`;
}

function wrong(says: string): ReadLine {
  return { kind: "wrong", says };
}

// As JSON sees it, and without half characters, which have no canonical form.
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "string" ? part.toWellFormed().replaceAll("\0", "\u2400") : part,
    ),
  );
}

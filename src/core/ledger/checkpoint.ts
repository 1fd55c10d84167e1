import { fromBase64, fromHex, toBase64, toHex } from "./bytes.ts";

/** What a signature says of the ledger: so many records, and these hashes of them. */
export interface Checkpoint {
  /** Names the log for those who keep checkpoints of many, for example `example.com/slipway`. */
  readonly origin: string;
  readonly size: number;
  /** Root of the hash tree over the records, hex. */
  readonly root: string;
  /** Hash of the last record in the chain, hex. */
  readonly head: string;
  /** Id of the ledger. */
  readonly log: string;
}

const FORM =
  /^([^\n]+)\n([1-9]\d{0,15})\n([^\n]+)\nslipway-head ([0-9a-f]{64})\nslipway-log ([0-9a-f-]{36})\n$/;

/** The text that is signed (C2SP tlog-checkpoint, with two lines of our own). */
export function writeCheckpoint({ origin, size, root, head, log }: Checkpoint): string {
  const base64 = toBase64(fromHex(root) ?? new Uint8Array());
  return `${origin}\n${size}\n${base64}\nslipway-head ${head}\nslipway-log ${log}\n`;
}

/** `undefined` for text that is not exactly what `writeCheckpoint` writes. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [, origin, size, base64, head, log] = FORM.exec(text) ?? [];
  if (origin === undefined || head === undefined || log === undefined || base64 === undefined)
    return undefined;
  const root = fromBase64(base64);
  if (root?.length !== 32 || !Number.isSafeInteger(Number(size))) return undefined;
  return { origin, size: Number(size), root: toHex(root), head, log };
}

/** The checkpoint of a note, whoever signed it. */
export function checkpointOfNote(note: string): Checkpoint | undefined {
  const end = note.lastIndexOf("\n\n");
  return end < 0 ? undefined : readCheckpoint(note.slice(0, end + 1));
}

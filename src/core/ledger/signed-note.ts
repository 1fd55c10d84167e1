import { fromBase64, toBase64, toHex } from "./bytes.ts";

// Text with Ed25519 signatures under it (C2SP signed-note). A note is the text, which ends with a line feed, an empty line
// and at least one line `— <name> <base64 of the key's id and the signature>`.

/** What notes need of the outside; both are pure. */
export interface NoteTools {
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Whether the signature of the text's UTF-8 is that key's; `false` too for a key or a signature that is none. */
  readonly verifyEd25519: (publicKey: Uint8Array, text: string, signature: Uint8Array) => boolean;
}

/** A key as trusted: `<name>+<id in hex>+<base64 of 0x01 and the key>`. */
export interface VerifierKey {
  readonly name: string;
  /** Four bytes in hex. */
  readonly id: string;
  readonly publicKey: Uint8Array;
}

const ED25519 = 1;
const NAME = /^[^\s+\p{Cc}\p{Cf}]{1,255}$/u;
const SIGNATURE = /^— (\S+) (\S+)$/u;

/** Whether a key may be called so: no space, no plus, nothing unprintable. */
export function isKeyName(name: string): boolean {
  return NAME.test(name) && name.isWellFormed();
}

/** First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), in hex. */
function keyId(name: string, publicKey: Uint8Array, tools: NoteTools): string {
  const bytes = Uint8Array.of(...new TextEncoder().encode(name), 0x0a, ED25519, ...publicKey);
  return toHex(tools.sha256(bytes).subarray(0, 4));
}

/** The text form of a public Ed25519 key of 32 bytes. */
export function writeVerifierKey(name: string, publicKey: Uint8Array, tools: NoteTools): string {
  return `${name}+${keyId(name, publicKey, tools)}+${toBase64(Uint8Array.of(ED25519, ...publicKey))}`;
}

/** `undefined` for text that is no such key, or whose id is not its own. */
export function readVerifierKey(text: string, tools: NoteTools): VerifierKey | undefined {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (name === undefined || id === undefined || !isKeyName(name) || bytes === undefined) return undefined;
  if (bytes.length !== 33 || bytes[0] !== ED25519) return undefined;
  const publicKey = bytes.slice(1);
  return keyId(name, publicKey, tools) === id ? { name, id, publicKey } : undefined;
}

/** The line that a signature of 64 bytes makes under a note. */
export function signatureLine(key: VerifierKey, signature: Uint8Array): string {
  const id = key.id.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return `— ${key.name} ${toBase64(Uint8Array.of(...id, ...signature))}`;
}

export type NoteVerdict =
  /** At least one trusted key has signed it, and no signature by a trusted key is wrong. */
  | { readonly kind: "signed"; readonly text: string; readonly by: string }
  | { readonly kind: "bad-signature"; readonly text: string; readonly by: string }
  | { readonly kind: "unknown-key"; readonly text: string; readonly by: string }
  | { readonly kind: "not-a-note" };

/** Checks a note against the keys that are trusted. Signatures by other keys are passed over, as the form asks. */
export function checkNote(note: string, keys: readonly VerifierKey[], tools: NoteTools): NoteVerdict {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || end === note.length - 2) return { kind: "not-a-note" };
  const text = note.slice(0, end + 1);
  let signedBy: string | undefined;
  const named: string[] = [];
  for (const line of note.slice(end + 2, -1).split("\n")) {
    const [, name, encoded] = SIGNATURE.exec(line) ?? [];
    const bytes = encoded === undefined ? undefined : fromBase64(encoded);
    if (name === undefined || bytes === undefined || bytes.length < 5) return { kind: "not-a-note" };
    const id = toHex(bytes.subarray(0, 4));
    named.push(`${name}+${id}`);
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key === undefined) continue;
    if (!tools.verifyEd25519(key.publicKey, text, bytes.subarray(4))) {
      return { kind: "bad-signature", text, by: `${name}+${id}` };
    }
    signedBy ??= `${name}+${id}`;
  }
  if (signedBy !== undefined) return { kind: "signed", text, by: signedBy };
  return { kind: "unknown-key", text, by: named.join(", ") };
}

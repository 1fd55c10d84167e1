import { createPublicKey, hash, verify, type KeyObject } from "node:crypto";
import type { NoteTools } from "../../core/ledger/signed-note.ts";

/** What stands before the 32 bytes of an Ed25519 key in its SPKI form (RFC 8410 §4). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** Hash and signature as signed notes use them. */
export const noteTools: NoteTools = {
  sha256: (bytes) => hash("sha256", bytes, "buffer"),
  verifyEd25519: (publicKey, text, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      return verify(undefined, Buffer.from(text, "utf8"), keyOf(publicKey), signature);
    } catch {
      // Bytes that are no point of the curve.
      return false;
    }
  },
};

const keys = new Map<string, KeyObject>();

function keyOf(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString("hex");
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: "der", type: "spki" });
  keys.set(name, key);
  return key;
}

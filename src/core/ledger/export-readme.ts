import { EXPORT } from "./export-files.ts";

/** What stands in an export for whoever opens it years later. */
export function exportReadme(log: string): string {
  return `This folder is a complete copy of the deployment ledger ${log}.

${EXPORT.records}   every record, one JSON object a line, in the order of "seq"
${EXPORT.head}       where the ledger ended when this copy was made
${EXPORT.checkpoints}/     signed statements: so many records, and these hashes of them
${EXPORT.keys}            the public keys that the one who exported trusted, one a line
${EXPORT.page}    the same records for people; open it in a browser

How to verify it

  npx slipway audit verify --export=<this folder> --trust=<keys> --anchors=<folder of kept checkpoints>
  python3 verify_ledger.py <this folder> --trust <keys> --anchors <folder of kept checkpoints>

Both are independent of each other; the second one is docs/verify/verify_ledger.py in Slipway's sources and needs
nothing but Python 3. Take the keys and the kept checkpoints from the people who keep them, not from this folder: what
came with the records can only show that the records agree with themselves.

How it is made, for whoever has to write a third verifier

  - "record" is the text whose UTF-8 bytes were hashed. It is JSON in the form of RFC 8785.
  - "entryHash" is SHA-256(0x00, "prevHash", record). The first "prevHash" is 32 zero bytes; every other one is the
    "entryHash" before it. All are hex.
  - A checkpoint is a signed note (C2SP signed-note, tlog-checkpoint): origin, number of records, base64 of the root,
    "slipway-head" with the last "entryHash", "slipway-log" with the ledger's id, an empty line, then signatures
    "\u2014 name base64(4 bytes of the key's id, 64 bytes of Ed25519)". What is signed is the text before the empty line.
  - The root is that of RFC 9162 section 2.1: a leaf is SHA-256(0x00, record), a node SHA-256(0x01, left, right).
  - A key is name+id+base64(0x01, 32 bytes); the id is the first 4 bytes of SHA-256(name, 0x0A, 0x01, 32 bytes).
`;
}

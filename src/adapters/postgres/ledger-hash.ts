import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import type { LedgerTools } from "../../core/ledger/types.ts";

/** Hashing and canonical form as the ledger uses them. */
export const ledgerTools: LedgerTools = {
  // A zero byte first, so that no record's hash can be taken for that of an inner node of a hash tree.
  entryHash: (prevHash, record) => {
    const bytes = scratch(33 + record.length * 3);
    bytes[0] = 0;
    // No row carries this as its hash.
    if (bytes.write(prevHash, 1, "hex") !== 32 || prevHash.length !== 64) return "none";
    return hash("sha256", bytes.subarray(0, 33 + bytes.write(record, 33, "utf8")), "hex");
  },
  leafHash: (record) => {
    const bytes = scratch(1 + record.length * 3);
    bytes[0] = 0;
    return hash("sha256", bytes.subarray(0, 1 + bytes.write(record, 1, "utf8")), "hex");
  },
  nodeHash: (left, right) => {
    const bytes = scratch(65);
    bytes[0] = 1;
    bytes.write(left, 1, "hex");
    bytes.write(right, 33, "hex");
    return hash("sha256", bytes.subarray(0, 65), "hex");
  },
  canonicalize: (value) => canonicalize(value) ?? "",
};

// One room for all: new memory for each record costs more than the hash.
let room = Buffer.alloc(64 * 1024);

function scratch(size: number): Buffer {
  if (room.length < size) room = Buffer.alloc(size * 2);
  return room;
}

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { LedgerTools } from "../../core/ledger/types.ts";

/** A zero byte first, so that no record's hash can be taken for that of an inner node of a hash tree. */
const RECORD = Buffer.from([0]);

/** Hashing and canonical form as the ledger uses them. */
export const ledgerTools: LedgerTools = {
  entryHash: (prevHash, record) =>
    createHash("sha256").update(RECORD).update(prevHash, "hex").update(record, "utf8").digest("hex"),
  canonicalize: (value) => canonicalize(value) ?? "",
};

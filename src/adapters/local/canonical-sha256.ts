import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** Hex SHA-256 of a value's canonical JSON (RFC 8785), in UTF-8. */
export function canonicalSha256(value: unknown): string {
  return createHash("sha256")
    .update(canonicalize(value) ?? "", "utf8")
    .digest("hex");
}

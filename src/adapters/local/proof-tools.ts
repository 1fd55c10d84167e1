import { createPublicKey, verify } from "node:crypto";
import canonicalize from "canonicalize";
import type { ProofTools } from "../../core/acts/check-proof.ts";
import { identityOf } from "./person-key.ts";

/** Ed25519 and SHA-256 as an approval's signature needs them. */
export const proofTools: ProofTools = {
  canonicalize: (value) => canonicalize(value) ?? "",
  keyHash: (publicKey) => identityOf(publicKey).slice("local:".length),
  verify(publicKey, message, signature) {
    try {
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
      return verify(null, Buffer.from(message, "utf8"), key, Buffer.from(signature, "base64url"));
    } catch {
      // What is no key has signed nothing.
      return false;
    }
  },
};

import { challengeOf } from "./challenge.ts";
import type { Approval } from "./types.ts";

/** Cryptography as an approval's signature needs it; handed in, because the core has none. */
export interface ProofTools {
  /** RFC 8785. */
  readonly canonicalize: (value: unknown) => string;
  /** Hex SHA-256 of the key's bytes. */
  readonly keyHash: (publicKey: string) => string;
  /** Ed25519 (RFC 8032); false for what is no key or no signature. */
  readonly verify: (publicKey: string, message: string, signature: string) => boolean;
}

/**
 * Why an approval's own signature does not bear it out; undefined when it does. What no key signed (a token, an AWS
 * session) was proven once, to the command that recorded it, and cannot be proven again: then there is nothing to check.
 */
export function proofFault(approval: Approval, tools: ProofTools): string | undefined {
  const { id, subject, role, meaning, reason, identity } = approval;
  if (identity.issuer !== "local") return undefined;
  if (identity.proof === undefined) return `${id} has no signature of its key`;

  const { publicKey, signature } = identity.proof;
  if (identity.subject !== `local:${tools.keyHash(publicKey)}`) return `${id} shows another key than its own`;
  const challenge = challengeOf({ act: "approve", id, subject, role, meaning, reason }, tools.canonicalize);
  return tools.verify(publicKey, challenge, signature) ? undefined : `${id} is not what its key signed`;
}

/** Id of each approval that its own signature does not bear out → why. */
export function unprovenAmong(approvals: readonly Approval[], tools: ProofTools): Record<string, string> {
  return Object.fromEntries(
    approvals.flatMap((approval) => {
      const fault = proofFault(approval, tools);
      return fault === undefined ? [] : [[approval.id, fault]];
    }),
  );
}

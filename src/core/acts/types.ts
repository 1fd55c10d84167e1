// What people do to an environment besides deploying to it: approve, hold, unlock, review. Types only.

import type { Instant } from "../time.ts";

/** What a signature says (21 CFR 11.50). `break-glass`: a second person answers for skipping the gates. */
export const MEANINGS = ["approved", "reviewed", "released", "break-glass"] as const;

export type Meaning = (typeof MEANINGS)[number];

/** Who somebody is, as an identity provider said, never as they said themselves. */
export interface ProvenIdentity {
  readonly issuer: "github" | "aws" | "local";
  /** Unique and never given to another: `github:583231`, an AWS ARN, `local:<SHA-256 of the public key, hex>`. */
  readonly subject: string;
  /** How it was proven: "oidc", "api-token", "sts", "ed25519". */
  readonly method: string;
  /** The name that the provider shows, when it has one. */
  readonly shownName: string | undefined;
  /** When they proved it, RFC 3339, UTC; undefined when the provider does not say. */
  readonly authTime: string | undefined;
  /** Another name of the same identity that is never given to another, such as AWS's unique id: `aws:AIDA…`. */
  readonly uniqueId?: string;
  /** What the provider said besides, for the record: the claims of a token. Never a secret. */
  readonly claims?: Readonly<Record<string, string>>;
  /** A signature that anybody can check again, later. */
  readonly proof?: SignatureProof;
}

/** An Ed25519 signature (RFC 8032) of an act's challenge. */
export interface SignatureProof {
  /** The key's 32 bytes, base64url. */
  readonly publicKey: string;
  /** 64 bytes, base64url. */
  readonly signature: string;
}

/** What an approval is for; any change of it voids the approval. */
export interface ApprovalSubject {
  readonly app: string;
  readonly env: string;
  /** Hex SHA-256 of the release manifest's canonical JSON. */
  readonly releaseSha256: string;
  /** The plan's fingerprint, hex SHA-256. */
  readonly planSha256: string;
}

export interface Approval {
  /** `a-<uuid>`. */
  readonly id: string;
  readonly subject: ApprovalSubject;
  readonly role: string;
  /** Key of `people` in the config, or the identity's subject. */
  readonly person: string;
  readonly printedName: string;
  readonly meaning: Meaning;
  readonly reason: string;
  readonly identity: ProvenIdentity;
  /** Database times. */
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly revoked: boolean;
  /** The deployment that used it. */
  readonly usedBy: string | undefined;
}

/** A stop of the line: no deployment to this environment until somebody releases it. */
export interface Hold {
  /** `h-<uuid>`. */
  readonly id: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

/** A break-glass that somebody has yet to look into. */
export interface ReviewDue {
  /** `r-<uuid>`. */
  readonly id: string;
  readonly deploymentId: string;
  readonly because: string;
  readonly by: string;
  readonly at: Instant;
}

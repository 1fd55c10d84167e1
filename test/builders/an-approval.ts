import type { Approval, ProvenIdentity } from "../../src/core/acts/types.ts";

export function anIdentity(changes: Partial<ProvenIdentity> = {}): ProvenIdentity {
  return {
    issuer: "github",
    subject: "github:1",
    method: "api-token",
    shownName: undefined,
    authTime: undefined,
    ...changes,
  };
}

/** person-a's approval as qa-lead of staging's release 2, given at 2026-01-31 12:00 UTC, good for a day. */
export function anApproval(changes: Partial<Approval> = {}): Approval {
  const at = Date.UTC(2026, 0, 31, 12);
  return {
    id: "a-1",
    subject: {
      app: "diary",
      env: "staging",
      releaseSha256: "2".repeat(64),
      planSha256: "9".repeat(64),
    },
    role: "qa-lead",
    person: "person-a",
    printedName: "Person A",
    meaning: "approved",
    reason: "smoke looked good on development",
    identity: anIdentity(),
    at,
    expiresAt: at + 24 * 3_600_000,
    revoked: false,
    usedBy: undefined,
    ...changes,
  };
}

import type { Approval } from "../../src/core/acts/types.ts";
import type { EnvironmentPolicy, WindowPolicy } from "../../src/core/config/policy-types.ts";
import type { KnownGood } from "../../src/core/deployment/types.ts";
import type { GateFacts } from "../../src/core/gates/types.ts";
import { aRelease } from "./a-release.ts";

export const HOUR = 3_600_000;

/** A Tuesday, 11:00 in New York. */
export const NOW = Date.parse("2026-11-24T16:00:00Z");

export const SUBJECT = {
  app: "diary",
  env: "production",
  releaseSha256: "1".repeat(64),
  planSha256: "2".repeat(64),
};

/** Production's default: Monday to Thursday, 09:00 to 15:00 in New York. */
export function aWindow(changes: Partial<WindowPolicy> = {}): WindowPolicy {
  return {
    zone: "America/New_York",
    open: [{ days: ["mon", "tue", "wed", "thu"], from: "09:00", to: "15:00" }],
    holidays: [],
    blackouts: [],
    overrun: "finish",
    ...changes,
  };
}

/** Production's default policy. */
export function aPolicy(changes: Partial<EnvironmentPolicy> = {}): EnvironmentPolicy {
  return {
    windows: aWindow(),
    rateLimit: { deployments: 1, hours: 4 },
    promotion: { from: "staging", withinHours: 24 },
    approvals: { roles: { "tech-lead": 1, "qa-lead": 1 }, expireHours: 24 },
    rollbackLimitSeconds: 300,
    watchSeconds: 60,
    migrations: { rehearsed: true, drift: "refuse", waivers: "signed" },
    backup: { kind: "none" },
    ...changes,
  };
}

/** Person A's, as tech-lead, given an hour ago and good for a day. */
export function anApproval(changes: Partial<Approval> = {}): Approval {
  const person = changes.person ?? "person-a";
  return {
    id: `a-${person}`,
    subject: SUBJECT,
    role: "tech-lead",
    person,
    printedName: person,
    meaning: "approved",
    reason: "reviewed the change",
    identity: {
      issuer: "github",
      subject: `github:${person}`,
      method: "oidc",
      shownName: undefined,
      authTime: undefined,
    },
    at: NOW - HOUR,
    expiresAt: NOW + 23 * HOUR,
    revoked: false,
    usedBy: undefined,
    ...changes,
  };
}

/** The commit of release 1 to staging, six hours ago. */
export function aCommit(changes: Partial<KnownGood> = {}): KnownGood {
  return {
    deploymentId: "d-staging",
    purpose: "deploy",
    release: aRelease(1),
    revisions: {},
    at: new Date(NOW - 6 * HOUR).toISOString(),
    ...changes,
  };
}

/** Release 1 for production, every gate open: triggered by person C, written by person D, approved by A and B. */
export function aGateFacts(changes: Partial<GateFacts> = {}): GateFacts {
  return {
    now: NOW,
    policy: aPolicy(),
    release: aRelease(1),
    subject: SUBJECT,
    deploymentId: undefined,
    triggeredBy: "person-c",
    author: "person-d",
    roles: { "tech-lead": ["person-a", "person-c"], "qa-lead": ["person-b", "person-d"] },
    mutations: [],
    earlier: [aCommit()],
    holds: [],
    approvals: [anApproval(), anApproval({ person: "person-b", role: "qa-lead" })],
    ...changes,
  };
}

import { signerFaults } from "../acts/signer-faults.ts";
import type { Approval } from "../acts/types.ts";
import type { GateFacts } from "./types.ts";
import { utcText } from "./window-time.ts";

const HOUR = 3_600_000;

/**
 * Why a signature is not good for this deployment, whatever it says: everything but its meaning. Empty when it is.
 *
 * @param role the role that its person must have
 */
export function approvalFaults(approval: Approval, role: string, facts: GateFacts): string[] {
  const { author, triggeredBy, roles } = facts;
  return [
    ...bindingFaults(approval, facts),
    ...useFaults(approval, facts),
    ...signerFaults({ person: approval.person, role }, { roles, author, triggeredBy, before: undefined }),
    ...identityFaults(approval, facts),
    ...proofFaults(approval, facts),
  ];
}

// The person was looked up when the approval was given; the config may have said something else about them then.
function identityFaults(
  { person, identity: { subject } }: Approval,
  { author, triggeredBy }: GateFacts,
): string[] {
  if (subject === person || (subject !== author && subject !== triggeredBy)) return [];
  return [
    `${subject} signed it, who ${subject === author ? "wrote the release" : "triggers this deployment"}`,
  ];
}

function proofFaults({ id }: Approval, { unproven }: GateFacts): string[] {
  const fault = unproven?.[id];
  return fault === undefined ? [] : [fault];
}

function bindingFaults({ subject }: Approval, facts: GateFacts): string[] {
  const wanted = facts.subject;
  const faults: string[] = [];
  if (subject.app !== wanted.app) faults.push(`it is for the app ${subject.app}`);
  if (subject.env !== wanted.env) faults.push(`it is for ${subject.env}`);
  if (subject.releaseSha256 !== wanted.releaseSha256) {
    faults.push(
      `it is for another release (${short(subject.releaseSha256)}, not ${short(wanted.releaseSha256)})`,
    );
  }
  if (subject.planSha256 !== wanted.planSha256) {
    faults.push(
      `it is for another plan (${short(subject.planSha256)}, not ${short(wanted.planSha256)}): what it would do has changed`,
    );
  }
  return faults;
}

function useFaults(approval: Approval, { now, policy, deploymentId }: GateFacts): string[] {
  const { at, usedBy, revoked } = approval;
  const expiresAt = Math.min(approval.expiresAt, at + (policy.approvals?.expireHours ?? Infinity) * HOUR);
  // What a deployment has used it keeps, however long it takes; only its giver can take it back.
  const keeps = usedBy !== undefined && usedBy === deploymentId;
  const faults: string[] = [];
  if (revoked) faults.push("it was revoked");
  if (usedBy !== undefined && !keeps) faults.push(`${usedBy} has used it`);
  if (!keeps && now >= expiresAt) faults.push(`it expired at ${utcText(expiresAt)}`);
  if (at > now) faults.push(`it was given at ${utcText(at)}, which is still to come`);
  return faults;
}

function short(sha256: string): string {
  return sha256.slice(0, 8);
}

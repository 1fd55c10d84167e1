import { utcText } from "../gates/window-time.ts";
import { printable } from "../printable.ts";
import type { Instant } from "../time.ts";
import type { Approval } from "./types.ts";

/** A signature as it is shown wherever it is shown: printed name, time and meaning (21 CFR 11.50(b)). */
export function describeApproval(approval: Approval, now: Instant): string {
  const { id, printedName, person, role, meaning, identity, reason } = approval;
  return [
    `${id}  ${state(approval, now)}`,
    `  ${printedName} (${person}) signed "${meaning}" as ${role} on ${utcText(approval.at)}`,
    `  proven by ${identity.subject} (${identity.method})`,
    `  reason: ${reason}`,
  ]
    .map(printable)
    .join("\n");
}

function state({ revoked, usedBy, expiresAt }: Approval, now: Instant): string {
  if (revoked) return "revoked";
  if (usedBy !== undefined) return `used by ${usedBy}`;
  return expiresAt <= now ? `expired on ${utcText(expiresAt)}` : `good until ${utcText(expiresAt)}`;
}

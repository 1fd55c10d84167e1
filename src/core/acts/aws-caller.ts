import type { ProvenIdentity } from "./types.ts";

export type CallerResult =
  | { readonly kind: "identity"; readonly identity: ProvenIdentity }
  | { readonly kind: "refused"; readonly says: string; readonly hint: string };

const USER = /^arn:(aws[a-z-]*):iam::(\d{12}):user\/\S+$/;
const ROLE = /^(arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/\s]+)\/(\S+)$/;

/**
 * Who AWS's answer to GetCallerIdentity speaks for. An assumed role speaks for the role alone: the name of its session is
 * whatever its user wrote there. A role stands for one person only if one person may assume it.
 *
 * @param uniqueIdOfAws AWS's UserId: an id that is never used again, for a role with ":<session>" after it
 */
export function readAwsCaller(arn: string, uniqueIdOfAws: string): CallerResult {
  const [uniqueId = "", session] = uniqueIdOfAws.split(":", 2);
  const role = ROLE.exec(arn);
  if (role?.[1] !== undefined) {
    return identity(role[1], uniqueId, { arn, userId: uniqueIdOfAws, session: session ?? "" });
  }
  if (USER.test(arn)) return identity(arn, uniqueId, { arn, userId: uniqueIdOfAws });
  if (arn.endsWith(":root")) {
    return {
      kind: "refused",
      says: "the account's root user is nobody in particular",
      hint: "sign with a user of your own",
    };
  }
  return {
    kind: "refused",
    says: `${JSON.stringify(arn)} is neither a user nor a role`,
    hint: "sign with a user of your own, or a role that only you may assume",
  };
}

function identity(subject: string, uniqueId: string, claims: Readonly<Record<string, string>>): CallerResult {
  return {
    kind: "identity",
    identity: {
      issuer: "aws",
      subject,
      uniqueId: `aws:${uniqueId}`,
      method: "sts",
      shownName: undefined,
      authTime: undefined,
      claims,
    },
  };
}

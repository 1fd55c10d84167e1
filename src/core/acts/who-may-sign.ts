import type { Config, EnvironmentConfig } from "../config/types.ts";
import type { Problem } from "../errors.ts";
import type { Instant } from "../time.ts";
import { AUTHOR_UNKNOWN } from "../gates/approvals.ts";
import { personOf, provenPerson } from "./person-of.ts";
import { signerFaults } from "./signer-faults.ts";
import type { Approval, ApprovalSubject, Meaning, ProvenIdentity } from "./types.ts";

/** All that decides whether somebody may sign; who will trigger the deployment is not known yet. */
export interface SigningFacts {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly identity: ProvenIdentity;
  readonly role: string;
  readonly meaning: Meaning;
  readonly subject: ApprovalSubject;
  /** As the release's manifest names its author. */
  readonly author: string | undefined;
  /** Approvals of the same release and environment. */
  readonly given: readonly Approval[];
  /** Database time. */
  readonly now: Instant;
}

export type SigningDecision =
  | {
      readonly kind: "may-sign";
      readonly person: string;
      readonly printedName: string;
      readonly validForSeconds: number;
    }
  | { readonly kind: "may-not"; readonly problems: readonly Problem[] };

/** Hours that a break-glass signature is good for: an emergency ends, or is looked at again. */
const BREAK_GLASS_HOURS = 4;

/** May this person sign this, as far as can be known before the deployment? Every reason against it at once. */
export function whoMaySign(facts: SigningFacts): SigningDecision {
  const { config, identity } = facts;
  const person = provenPerson(config.people, identity);
  if (person === undefined) return { kind: "may-not", problems: [stranger(facts)] };

  const problems = [
    ...theRoleIsAsked(facts),
    ...theAuthorIsKnown(facts),
    ...theIdentityIsEnough(facts),
    ...signed(facts, person),
  ];
  if (problems.length > 0) return { kind: "may-not", problems };
  return {
    kind: "may-sign",
    person,
    printedName: config.people[person]?.name ?? person,
    validForSeconds: validHours(facts) * 3600,
  };
}

function stranger({ config, identity }: SigningFacts): Problem {
  const known = Object.keys(config.people);
  return refusal(
    "people",
    `nobody has the identity ${identity.subject}`,
    `add "${identity.uniqueId ?? identity.subject}" to somebody's identities in the config (known: ${known.join(", ") || "nobody"})`,
  );
}

// Where nobody is asked, anybody who has a role may answer for breaking the glass.
function theRoleIsAsked({ config, environment, role, meaning }: SigningFacts): Problem[] {
  const asked = Object.keys(environment.policy.approvals?.roles ?? {});
  const all = asked.length === 0 && meaning === "break-glass" ? Object.keys(config.roles) : asked;
  if (all.includes(role)) return [];
  const says =
    all.length === 0
      ? `${environment.name} asks for no approvals`
      : `${environment.name} asks for no ${role}; it asks for ${all.join(", ")}`;
  return [refusal("--role", says, "give one of the roles that the environment's policy asks for")];
}

function theAuthorIsKnown({ environment, author }: SigningFacts): Problem[] {
  if (author !== undefined || environment.policy.approvals === undefined) return [];
  return [refusal("plan/release/author", AUTHOR_UNKNOWN.says, AUTHOR_UNKNOWN.action)];
}

// Whoever can read the key's file can sign with it, so it is worth what the practice cloud is worth.
function theIdentityIsEnough({ environment, identity }: SigningFacts): Problem[] {
  if (identity.issuer !== "local" || environment.cloud === "local") return [];
  const says = `a key file is for practice; ${environment.name} is not on the local cloud`;
  return [refusal("--as", says, "sign with --as=github or --as=aws")];
}

function signed(facts: SigningFacts, person: string): Problem[] {
  const { config, role, author } = facts;
  const rules = {
    roles: config.roles,
    author: author === undefined ? undefined : personOf(config.people, author),
    triggeredBy: undefined,
    before: earlierOf(facts, person),
  };
  return signerFaults({ person, role }, rules).map((says) =>
    refusal("--role", says, "let somebody else of the role sign"),
  );
}

// Two acts, so two signatures: an approval, and answering for the gates being skipped.
function earlierOf({ given, subject, meaning, now }: SigningFacts, person: string): Approval | undefined {
  const breaksGlass = meaning === "break-glass";
  return given.find(
    (one) =>
      one.person === person &&
      one.subject.planSha256 === subject.planSha256 &&
      one.subject.releaseSha256 === subject.releaseSha256 &&
      (one.meaning === "break-glass") === breaksGlass &&
      !one.revoked &&
      one.usedBy === undefined &&
      one.expiresAt > now,
  );
}

function validHours({ environment, meaning }: SigningFacts): number {
  if (meaning === "break-glass") return BREAK_GLASS_HOURS;
  return environment.policy.approvals?.expireHours ?? BREAK_GLASS_HOURS;
}

function refusal(at: string, says: string, hint: string): Problem {
  return { code: "APPROVAL_REFUSED", at, says, hint };
}

import type { ProofTools } from "../acts/check-proof.ts";
import { provenPerson } from "../acts/person-of.ts";
import { signerFaults } from "../acts/signer-faults.ts";
import type { ProvenIdentity, SignatureProof } from "../acts/types.ts";
import type { Config, EnvironmentConfig } from "../config/types.ts";
import type { Problem } from "../errors.ts";
import { isObject } from "../ledger/is-object.ts";
import type { Instant } from "../time.ts";

/** What a second person answers for when the ledger is gone: this release, in this environment, for a few hours. */
export interface EmergencyStatement {
  readonly act: "break-glass-rollback";
  /** `e-<uuid>`. */
  readonly id: string;
  readonly app: string;
  readonly env: string;
  /** Id of the release to go back to. */
  readonly release: string;
  readonly reason: string;
  /** The signer's clock, RFC 3339, UTC. */
  readonly signedAt: string;
  readonly expiresAt: string;
}

/** The file that the second person hands over. */
export interface SecondPerson {
  readonly schema: 1;
  readonly statement: EmergencyStatement;
  /** `local:<hex SHA-256 of the public key>`. */
  readonly identity: string;
  readonly proof: SignatureProof;
}

/** Hours that a statement is good for. */
export const EMERGENCY_HOURS = 4;
const HOUR_MS = 3_600_000;
/** Clocks of two machines may differ by so much. */
const SKEW_MS = 300_000;

// So that a signature made for something else can never be shown as one of these.
const CONTEXT = "slipway emergency, form 1";

/** The text that is signed. `canonicalize`: RFC 8785. */
export function emergencyChallenge(
  statement: EmergencyStatement,
  canonicalize: (value: unknown) => string,
): string {
  return `${CONTEXT}\n${canonicalize(statement)}`;
}

export interface SecondFacts {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** As `whoTriggers` names them; undefined when not known yet. */
  readonly triggeredBy: string | undefined;
  /** The platform's clock, else this machine's. */
  readonly now: Instant;
}

export type SecondDecision =
  | { readonly kind: "counts"; readonly person: string; readonly printedName: string; readonly role: string }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Whether a statement lets this environment be rolled back: every reason against it at once. */
export function judgeSecond(second: SecondPerson, facts: SecondFacts, tools: ProofTools): SecondDecision {
  const { statement } = second;
  const { config, environment } = facts;
  const problems = [
    ...otherPlace(statement, config.app, environment.name),
    ...outOfTime(statement, facts.now),
    ...notSigned(second, tools),
  ];
  const who = whoMayAnswer(second.identity, facts);
  if (who.kind === "refused") return refused(...problems, ...who.problems);
  return problems.length > 0 ? refused(...problems) : who;
}

/** Whether a person may answer for a rollback without the ledger: somebody with a role who does not trigger it. */
export function whoMayAnswer(
  identity: string,
  { config, environment, triggeredBy }: Omit<SecondFacts, "now">,
): SecondDecision {
  const asked = Object.keys(environment.policy.approvals?.roles ?? {});
  const roles = asked.length > 0 ? asked : Object.keys(config.roles);
  const person = provenPerson(config.people, localIdentity(identity));
  if (person === undefined) {
    const known = Object.keys(config.people).join(", ") || "nobody";
    const hint = `add it to somebody's identities in the config (known: ${known})`;
    return refused(problem("people", `nobody has the identity ${identity}`, hint));
  }
  const role = roles.find((one) => config.roles[one]?.includes(person) === true);
  const rules = { roles: config.roles, author: undefined, triggeredBy, before: undefined };
  const faults = signerFaults({ person, role: role ?? (roles.join(" or ") || "any role") }, rules);
  if (role === undefined || faults.length > 0) {
    return refused(...faults.map((says) => problem("--second", says, "let somebody else of the role sign")));
  }
  return { kind: "counts", person, printedName: config.people[person]?.name ?? person, role };
}

function localIdentity(subject: string): ProvenIdentity {
  return { issuer: "local", subject, method: "ed25519", shownName: undefined, authTime: undefined };
}

function otherPlace({ app, env }: EmergencyStatement, wantedApp: string, wantedEnv: string): Problem[] {
  if (app === wantedApp && env === wantedEnv) return [];
  return [
    problem(
      "--second",
      `is for ${app}/${env}, not for ${wantedApp}/${wantedEnv}`,
      "let them sign for this one",
    ),
  ];
}

function outOfTime({ signedAt, expiresAt }: EmergencyStatement, now: Instant): Problem[] {
  const [from, until] = [Date.parse(signedAt), Date.parse(expiresAt)];
  const again = "let them sign anew";
  if (!(until - from <= EMERGENCY_HOURS * HOUR_MS)) {
    return [
      problem("--second", `is good for longer than ${EMERGENCY_HOURS} hours: until ${expiresAt}`, again),
    ];
  }
  if (!(from - SKEW_MS <= now))
    return [problem("--second", `was signed in the future, at ${signedAt}`, "check both clocks")];
  return now < until ? [] : [problem("--second", `expired at ${expiresAt}`, again)];
}

function notSigned({ statement, identity, proof }: SecondPerson, tools: ProofTools): Problem[] {
  const again = "take the file as they wrote it";
  if (identity !== `local:${tools.keyHash(proof.publicKey)}`) {
    return [problem("--second", `${statement.id} shows another key than its own`, again)];
  }
  const challenge = emergencyChallenge(statement, tools.canonicalize);
  if (tools.verify(proof.publicKey, challenge, proof.signature)) return [];
  return [problem("--second", `${statement.id} is not what its key signed`, again)];
}

function refused(...problems: readonly Problem[]): SecondDecision {
  return { kind: "refused", problems };
}

function problem(at: string, says: string, hint: string): Problem {
  return { code: "EMERGENCY_SECOND_REFUSED", at, says, hint };
}

/** A statement out of a file's JSON; `undefined` when it is none. */
export function readSecond(value: unknown): SecondPerson | undefined {
  if (!isObject(value) || value["schema"] !== 1) return undefined;
  const { statement, identity, proof } = value;
  if (!isObject(statement) || !isObject(proof) || typeof identity !== "string") return undefined;
  const { act, id, app, env, release, reason, signedAt, expiresAt } = statement;
  const { publicKey, signature } = proof;
  if (act !== "break-glass-rollback" || typeof id !== "string" || typeof app !== "string") return undefined;
  if (typeof env !== "string" || typeof release !== "string" || typeof reason !== "string") return undefined;
  if (typeof signedAt !== "string" || typeof expiresAt !== "string") return undefined;
  if (typeof publicKey !== "string" || typeof signature !== "string") return undefined;
  const read: EmergencyStatement = { act, id, app, env, release, reason, signedAt, expiresAt };
  return { schema: 1, statement: read, identity, proof: { publicKey, signature } };
}

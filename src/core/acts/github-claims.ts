import type { ProvenIdentity } from "./types.ts";

/** Claims that are kept in the record: who began which run of what, where (21 CFR 11.10(h)). */
const KEPT = [
  "iss",
  "sub",
  "jti",
  "actor",
  "actor_id",
  "repository",
  "repository_id",
  "repository_owner_id",
  "event_name",
  "ref",
  "sha",
  "environment",
  "workflow_ref",
  "job_workflow_ref",
  "run_id",
  "run_attempt",
] as const;

const NEEDED = [
  "sub",
  "actor_id",
  "repository",
  "repository_id",
  "repository_owner_id",
  "event_name",
  "run_attempt",
] as const;

export type ClaimsResult =
  | { readonly kind: "identity"; readonly identity: ProvenIdentity }
  | { readonly kind: "refused"; readonly says: string; readonly hint: string };

/**
 * Who a token of GitHub Actions speaks for. Its signature, issuer, audience and times are known to be good by now.
 *
 * @param host empty for github.com, else `<host>/`: ids of one server mean nothing on another
 */
export function readGithubClaims(payload: Readonly<Record<string, unknown>>, host: string): ClaimsResult {
  const claims: Record<string, string> = {};
  for (const name of KEPT) {
    const value = payload[name];
    // Half a character has no place in canonical JSON (RFC 8785 §3.2.2.2).
    if (typeof value === "string") claims[name] = value.toWellFormed();
  }
  const missing = NEEDED.filter((name) => claims[name] === undefined);
  if (missing.length > 0) return refused(`lacks ${missing.join(", ")}`, "give a token of GitHub Actions");

  const { actor_id: actor = "", repository_id: repository = "" } = claims;
  const fault = idFault(actor, repository) ?? subjectFault(claims) ?? runFault(claims);
  if (fault !== undefined) return fault;
  return {
    kind: "identity",
    identity: {
      issuer: "github",
      subject: `github:${host}${actor}@${repository}`,
      method: "oidc",
      shownName: claims["actor"],
      // The token says when it was made, not when its actor last showed who they are.
      authTime: undefined,
      claims,
    },
  };
}

function idFault(...ids: readonly string[]): ClaimsResult | undefined {
  if (ids.every((id) => /^\d{1,20}$/.test(id))) return undefined;
  return refused("has an id that is no number", "give a token of GitHub Actions");
}

// `repo:<owner>/<name>:…`, and since July 2026 `repo:<owner>@<id>/<name>@<id>:…`. An organisation may choose another
// template for it; then there is nothing to compare.
const SUBJECT = /^repo:([^/@:]+)(?:@(\d+))?\/([^/@:]+)(?:@(\d+))?(?::|$)/;

function subjectFault(claims: Readonly<Record<string, string>>): ClaimsResult | undefined {
  const sub = claims["sub"] ?? "";
  if (!sub.startsWith("repo:")) return undefined;
  const [, owner, ownerId, name, repositoryId] = SUBJECT.exec(sub) ?? [];
  const agrees =
    owner !== undefined &&
    `${owner}/${name}`.toLowerCase() === claims["repository"]?.toLowerCase() &&
    (ownerId ?? claims["repository_owner_id"]) === claims["repository_owner_id"] &&
    (repositoryId ?? claims["repository_id"]) === claims["repository_id"];
  return agrees
    ? undefined
    : refused(`contradicts itself: the subject is "${sub}"`, "give a token of GitHub Actions");
}

// Any other event may be anybody's doing (a comment, a push), with the name of whoever happened to cause it; and a run
// that somebody else starts again keeps the name of whoever started it first.
function runFault({
  event_name: event,
  run_attempt: attempt,
}: Readonly<Record<string, string>>): ClaimsResult | undefined {
  if (event !== "workflow_dispatch") {
    return refused(
      `is of a run that "${event}" began`,
      "sign in a workflow that a person starts: workflow_dispatch",
    );
  }
  if (attempt !== "1")
    return refused(`is of a run's attempt ${attempt}`, "start the workflow anew instead of again");
  return undefined;
}

function refused(says: string, hint: string): ClaimsResult {
  return { kind: "refused", says: `the token ${says}`, hint };
}

import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import { readGithubClaims } from "../../core/acts/github-claims.ts";
import { SlipwayError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Instant } from "../../core/time.ts";
import type { Approver } from "../../ports/approver.ts";
import { askGithub, unreachable } from "./ask-github.ts";
import type { GithubPlaces } from "./github-places.ts";

const AUDIENCE = "slipway";
/** The ledger's clock and GitHub's may differ by so much. */
const LEEWAY_SECONDS = 60;
const DEADLINE_MS = 5000;

/** Hands over the token that a run was given, or asks for one. */
export type TokenSource = () => Promise<Secret>;

/** Who a token of GitHub Actions speaks for, checked against its issuer's keys, on the ledger's clock. */
export function oidcApprover(
  places: GithubPlaces,
  source: TokenSource,
  now: () => Promise<Instant>,
): Approver {
  return {
    async prove() {
      const [token, at] = await Promise.all([source(), now()]);
      const payload = await verify(token, places.issuer, at);
      const result = readGithubClaims(payload, places.issuerHost);
      if (result.kind === "identity") return result.identity;
      throw refused("IDENTITY_REFUSED", places.issuer, result.says, result.hint);
    },
  };
}

/**
 * Where the token comes from: `SLIPWAY_OIDC_TOKEN`, or the runner, whose address and password for it are in
 * `ACTIONS_ID_TOKEN_REQUEST_URL` and `…_TOKEN`. Undefined when there is neither.
 */
export function tokenSource(env: NodeJS.ProcessEnv): TokenSource | undefined {
  const given = env["SLIPWAY_OIDC_TOKEN"]?.trim();
  if (given) return () => Promise.resolve(new Secret("SLIPWAY_OIDC_TOKEN", given));

  const url = env["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const password = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!url || !password || !URL.canParse(url)) return undefined;
  return () => requestToken(new URL(url), new Secret("ACTIONS_ID_TOKEN_REQUEST_TOKEN", password));
}

async function requestToken(url: URL, password: Secret): Promise<Secret> {
  url.searchParams.set("audience", AUDIENCE);
  const { status, body } = await askGithub(url.href, password);
  const { value } = Object(body) as { readonly value?: unknown };
  if (status === 200 && typeof value === "string") return new Secret("oidc-token", value);
  throw refused(
    "IDENTITY_REFUSED",
    url.host,
    `gives no token: answered ${status}`,
    "give the job `permissions: id-token: write`",
  );
}

async function verify(token: Secret, issuer: string, now: Instant): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), { timeoutDuration: DEADLINE_MS });
  try {
    const { payload } = await jwtVerify(token.reveal(), keys, {
      algorithms: ["RS256"],
      issuer,
      audience: AUDIENCE,
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ["exp", "iat", "nbf"],
    });
    return payload;
  } catch (error) {
    throw translated(error, issuer);
  }
}

// By class and claim, never by sentence.
function translated(error: unknown, issuer: string): unknown {
  const again = "start the workflow anew; a token is good for a few minutes";
  if (error instanceof errors.JWTExpired)
    return refused("IDENTITY_EXPIRED", issuer, "the token has expired", again);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") {
      return refused(
        "IDENTITY_AUDIENCE",
        issuer,
        "the token is for another audience",
        `ask for one for the audience "${AUDIENCE}"`,
      );
    }
    if (error.claim === "nbf")
      return refused(
        "IDENTITY_EARLY",
        issuer,
        "the token is not good yet",
        "set the clock of the ledger's machine",
      );
    return refused(
      "IDENTITY_REFUSED",
      issuer,
      `the token's claim ${error.claim} does not hold`,
      "give a token of this issuer",
    );
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return refused(
      "IDENTITY_KEY_UNKNOWN",
      issuer,
      "the token is signed by a key that is not the issuer's",
      "give a token of this issuer",
    );
  }
  if (error instanceof errors.JWKSTimeout) return unreachable(issuer, `no keys in ${DEADLINE_MS / 1000} s`);
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  ) {
    return refused(
      "IDENTITY_REFUSED",
      issuer,
      "the token is not the issuer's: its signature does not hold",
      "give a token of this issuer",
    );
  }
  // What is left is about fetching the keys: refused, broken off, or no set of keys.
  if (error instanceof errors.JOSEError || error instanceof TypeError)
    return unreachable(issuer, "gives no keys");
  return error;
}

function refused(code: string, at: string, says: string, hint: string): SlipwayError {
  return new SlipwayError({ code, at, says, hint }, "verifyFailed");
}

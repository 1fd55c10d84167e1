import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";

const DEADLINE_MS = 10_000;
const VERSION = "2022-11-28";

export interface GithubAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when it is none. */
  readonly body: unknown;
}

/** Asks a GitHub for a document. Throws `GITHUB_UNREACHABLE` (exit 11) when none comes in time, or a fault of its own. */
export async function askGithub(url: string, token: Secret): Promise<GithubAnswer> {
  const response = await fetch(url, {
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token.reveal()}`,
      "user-agent": "slipway",
      "x-github-api-version": VERSION,
    },
    // The token goes to this server and to no other.
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((error: unknown) => {
    throw unreachable(url, reason(error));
  });
  const isLimited = response.status === 429 || response.headers.get("x-ratelimit-remaining") === "0";
  if (response.status >= 500 || (isLimited && !response.ok))
    throw unreachable(url, `answered ${response.status}`);

  const text = await response.text().catch((error: unknown) => {
    throw unreachable(url, reason(error));
  });
  return { status: response.status, body: parsed(text) };
}

/** A problem that says which server, without what was sent to it. */
export function unreachable(url: string, says: string): SlipwayError {
  return new SlipwayError(
    {
      code: "GITHUB_UNREACHABLE",
      at: new URL(url).host,
      says,
      hint: "run the same command again; GITHUB_API_URL and SLIPWAY_GITHUB_ISSUER say where it is asked",
    },
    "verifyFailed",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// fetch says "fetch failed" and keeps what happened in the cause; the cause's own words may hold a header.
function reason(error: unknown): string {
  if (!(error instanceof Error)) return "no answer";
  if (error.name === "TimeoutError") return `no answer in ${DEADLINE_MS / 1000} s`;
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? "no answer" : `no answer (${code})`;
}

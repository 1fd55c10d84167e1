import { SlipwayError } from "../../core/errors.ts";

/** Where a GitHub is. */
export interface GithubPlaces {
  /** Without a slash at the end. */
  readonly api: string;
  readonly issuer: string;
  /** Part of every identity: empty for github.com itself, else `<host>/`, so that no other server can speak for it. */
  readonly apiHost: string;
  readonly issuerHost: string;
}

const API = "https://api.github.com";
const ISSUER = "https://token.actions.githubusercontent.com";

/** As `GITHUB_API_URL` and `SLIPWAY_GITHUB_ISSUER` say, else github.com. Throws `GITHUB_PLACE` (exit 2). */
export function githubPlaces(env: NodeJS.ProcessEnv): GithubPlaces {
  const api = place(env, "GITHUB_API_URL", API);
  const issuer = place(env, "SLIPWAY_GITHUB_ISSUER", ISSUER);
  return { api, issuer, apiHost: hostOf(api, API), issuerHost: hostOf(issuer, ISSUER) };
}

function place(env: NodeJS.ProcessEnv, variable: string, usual: string): string {
  const written = (env[variable] || usual).replace(/\/+$/, "");
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const isPlain = url?.protocol === "http:" && /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
  if (
    url !== undefined &&
    (url.protocol === "https:" || isPlain) &&
    url.username === "" &&
    url.password === ""
  ) {
    return written;
  }
  throw new SlipwayError(
    {
      code: "GITHUB_PLACE",
      at: variable,
      says: "is not an https URL without a login",
      hint: `leave it out for github.com, or give one such as ${usual}`,
    },
    "usage",
  );
}

function hostOf(url: string, usual: string): string {
  return url === usual ? "" : `${new URL(url).host}/`;
}

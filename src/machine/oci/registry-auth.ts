import { registryFault, registryRefused } from "./registry-problems.ts";
import type { RegistryCredentials } from "./registry-types.ts";

/** What a registry asks for in `WWW-Authenticate`. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads the header; undefined for schemes that registries do not use. */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest] = /^\s*(basic|bearer)\b(.*)$/is.exec(header) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const pairs = [...rest.matchAll(/([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)];
  const parameters = Object.fromEntries(
    pairs.map(([, name = "", quoted, plain = ""]) => [
      name.toLowerCase(),
      quoted?.replace(/\\(.)/g, "$1") ?? plain,
    ]),
  );
  return { scheme: scheme.toLowerCase() === "basic" ? "basic" : "bearer", parameters };
}

/** The `Authorization` value that answers a challenge. `get` fetches the token; `scope` is what is to be done. */
export async function answerChallenge(
  challenge: Challenge,
  scope: string,
  credentials: RegistryCredentials | undefined,
  get: (url: URL, headers: Record<string, string>) => Promise<Response>,
): Promise<string> {
  const basic = credentials === undefined ? undefined : basicAuthorization(credentials);
  if (challenge.scheme === "basic") {
    if (basic === undefined) throw registryRefused("registry", 401, "it asks for a user name and a password");
    return basic;
  }
  const { realm, service } = challenge.parameters;
  if (realm === undefined || !URL.canParse(realm))
    throw registryFault("registry", `its token address is "${realm}"`);
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", scope);
  const response = await get(url, basic === undefined ? {} : { authorization: basic });
  if (!response.ok) throw registryRefused(url.host, response.status, "no token");
  const body = (await response.json()) as { token?: unknown; access_token?: unknown };
  const token = body.token ?? body.access_token;
  if (typeof token !== "string") throw registryFault(url.host, "its token answer holds no token");
  return `Bearer ${token}`;
}

function basicAuthorization({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}`;
}

import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";

/** Which database a URL names, without user and password, so that it can be shown. */
export interface Address {
  /** For sentences: `127.0.0.1:5432/slipway`. */
  readonly text: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly encrypted: boolean;
}

/** What a connection is for; the first word of its problems' codes. */
export type DatabaseUse = "LEDGER" | "DATABASE";

/** Takes a connection URL apart. Throws `…_URL_INVALID` (exit 2), whose text never holds the URL. */
export function parseAddress(
  url: Secret,
  use: DatabaseUse,
): { readonly address: Address; readonly url: URL } {
  const parsed = URL.parse(url.reveal());
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new SlipwayError(
      {
        code: `${use}_URL_INVALID`,
        at: url.label,
        says: "is not a URL of the form postgresql://user:password@host:port/database",
        hint: "percent-encode special characters in the user and the password, for example # as %23",
      },
      "usage",
    );
  }

  const host = parsed.searchParams.get("host") ?? decodeURIComponent(parsed.hostname);
  const port = parsed.searchParams.get("port") ?? (parsed.port === "" ? "5432" : parsed.port);
  const user = decodeURIComponent(parsed.username);
  const database = decodeURIComponent(parsed.pathname.slice(1)) || user;
  const mode = parsed.searchParams.get("sslmode");
  return {
    url: parsed,
    address: {
      text: `${host === "" ? "localhost" : host}:${port}/${database}`,
      host,
      port,
      database,
      user,
      encrypted: (mode !== null && mode !== "disable") || parsed.searchParams.get("ssl") === "true",
    },
  };
}

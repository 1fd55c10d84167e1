import type { Secret } from "../../core/secret.ts";
import type { DatabaseUse } from "./address.ts";
import { connect, type Connected } from "./connect.ts";

const TIMEOUT_MS = 10_000;

/** A second session beside the one that works: it holds the lock, watches the other one and may be idle for long. */
export function guardSession(
  url: Secret,
  { use, applicationName }: { readonly use: DatabaseUse; readonly applicationName: string },
): Promise<Connected> {
  return connect(url, {
    use,
    applicationName: `${applicationName}, lock`,
    statementTimeoutMs: TIMEOUT_MS,
    lockTimeoutMs: TIMEOUT_MS,
    settings: { idle_session_timeout: "0" },
  });
}

import { sandboxError } from "./sandbox-error.ts";
import type { SandboxRequest } from "./types.ts";

/** Refuses host names and aliases that are none: they are written into lines of text that others read. */
export function requireHostNames({ hostname, reaches = [] }: SandboxRequest): void {
  const names = [...(hostname === undefined ? [] : [hostname]), ...reaches.map(({ alias }) => alias)];
  const wrong = names.find((name) => !/^[a-z\d]([\w.-]{0,251}[a-z\d])?$/i.test(name));
  if (wrong !== undefined) {
    throw sandboxError(
      `${JSON.stringify(wrong)} is not a host name`,
      "use letters, digits, dots and hyphens",
    );
  }
}

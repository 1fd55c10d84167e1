import { Secret } from "../../core/secret.ts";
import { parseReference } from "../../machine/oci/reference.ts";
import type { RegistryCredentials } from "../../machine/oci/registry-types.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";

/** The login that `withRegistryAuth` gave for a registry, as an option of the registry client. */
export async function loginFor(
  session: Session,
  state: ContainerState,
  registry: string,
  signal: AbortSignal,
): Promise<{ credentials?: RegistryCredentials }> {
  for (const [address, { username, secret }] of state.registryLogins) {
    if (address !== registry && registryOf(address) !== registry) continue;
    const password = new Secret(`password of ${registry}`, await session.secrets.reveal(secret, signal));
    return { credentials: { username, password } };
  }
  return {};
}

/** `withRegistryAuth` takes a registry or a whole image name. */
function registryOf(address: string): string | undefined {
  const bare = address.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  if (bare === "docker.io") return parseReference("node")?.registry;
  return bare.includes("/") ? parseReference(bare)?.registry : parseReference(`${bare}/x`)?.registry;
}

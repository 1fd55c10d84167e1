import { SlipwayError } from "../../core/errors.ts";
import type { SecretStore } from "../../ports/secret-store.ts";

/** Environment variable → the platform's name of the secret. Reads no value. Throws `SECRET_MISSING` (exit 11). */
export async function locateSecrets(
  store: Pick<SecretStore, "locate">,
  names: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(names).map(
      async ([variable, name]) => [variable, name, await store.locate(name)] as const,
    ),
  );
  const missing = found.filter(([, , arn]) => arn === undefined);
  if (missing.length === 0)
    return Object.fromEntries(found.map(([variable, , arn]) => [variable, arn ?? ""]));
  throw new SlipwayError(
    missing.map(([variable, name]) => ({
      code: "SECRET_MISSING",
      at: name,
      says: `there is no such secret, and the worker that migrates needs it as ${variable}`,
      hint: "create it in Secrets Manager",
    })),
    "verifyFailed",
  );
}

import type { SecretVault } from "../secretsmanager/secret-vault.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { SecretReference } from "./types.ts";

/** A task cannot start because something it needs from AWS is not to be had. */
class ResourceInitializationError extends Error {
  override readonly name = "ResourceInitializationError";
}

/**
 * The value for a container's secret: the name or ARN of a secret, or the long form
 * `arn:…:secret:name-AbCdEf:json-key:version-stage:version-id` with parts left empty.
 */
export function readSecret(vault: SecretVault, reference: SecretReference): string {
  const { id, jsonKey, stage, version } = parse(reference.valueFrom);
  try {
    const value = vault.version(vault.alive(id), version, stage).text;
    if (value === undefined) throw unable(reference, "it has no text value");
    return jsonKey === undefined ? value : pick(value, jsonKey, reference);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw unable(reference, `${error.code}: ${error.message}`);
  }
}

function parse(valueFrom: string) {
  const parts = valueFrom.split(":");
  const isArn = parts[0] === "arn" && parts[2] === "secretsmanager";
  const id = isArn ? parts.slice(0, 7).join(":") : valueFrom;
  const [jsonKey, stage, version] = isArn
    ? parts.slice(7).map((part) => (part === "" ? undefined : part))
    : [];
  return { id, jsonKey, stage, version };
}

function pick(text: string, key: string, reference: SecretReference): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && key in value) {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === "string" ? found : JSON.stringify(found);
    }
  } catch {
    throw unable(reference, "it is not JSON, so no key of it can be read");
  }
  throw unable(reference, `retrieved secret did not contain json key ${key}`);
}

function unable(reference: SecretReference, why: string): ResourceInitializationError {
  return new ResourceInitializationError(
    `unable to pull secrets or registry auth: unable to retrieve secret from asm for ${reference.name}: ${reference.valueFrom}: ${why}`,
  );
}

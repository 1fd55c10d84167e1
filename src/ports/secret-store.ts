import type { Secret } from "../core/secret.ts";

export interface SecretStore {
  /** The platform's name of a secret (on AWS its ARN), `undefined` when there is none of that name. */
  locate(name: string): Promise<string | undefined>;
  /** The value. Throws `SECRET_MISSING` (exit 11). */
  read(name: string): Promise<Secret>;
}

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SlipwayError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { SecretStore } from "../../ports/secret-store.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask, isNamed } from "./translate-error.ts";

/** Secrets Manager. Locating a secret does not read its value. */
export function secretsManager(access: CloudAccess): SecretStore {
  const client = new SecretsManagerClient(clientSettings(access));

  return {
    async locate(name) {
      return ask("secretsmanager", "DescribeSecret", async () => {
        try {
          const secret = await client.send(new DescribeSecretCommand({ SecretId: name }));
          // A secret that waits for its deletion is described, but no task can read it.
          return secret.DeletedDate === undefined ? secret.ARN : undefined;
        } catch (error) {
          if (isNamed(error, "ResourceNotFoundException")) return undefined;
          throw error;
        }
      });
    },

    async read(name) {
      const value = await ask("secretsmanager", "GetSecretValue", async () => {
        try {
          return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
        } catch (error) {
          if (isNamed(error, "ResourceNotFoundException", "InvalidRequestException")) return undefined;
          throw error;
        }
      });
      if (value !== undefined) return new Secret(name, value);
      throw new SlipwayError(
        {
          code: "SECRET_MISSING",
          at: name,
          says: "there is no such secret with a text in it",
          hint: "create it in Secrets Manager",
        },
        "verifyFailed",
      );
    },
  };
}

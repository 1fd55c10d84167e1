import type { Container, Secret, Service } from "@dagger.io/dagger";
import { wrongCall } from "./failures.js";

/** What a verb that touches the world may need to get there. */
export interface Credentials {
  readonly ledger: Secret;
  readonly awsAccessKeyId?: Secret;
  readonly awsSecretAccessKey?: Secret;
  readonly awsSessionToken?: Secret;
  readonly cloud?: Service;
  readonly signingKey?: Secret;
  /** No secret; it comes from the same place. */
  readonly runLink?: string;
}

/** The container with the credentials as secret variables, and the cloud that stands in for AWS bound as `cloud`. */
export async function withCredentials(container: Container, given: Credentials): Promise<Container> {
  const secrets = {
    SLIPWAY_LEDGER_URL: given.ledger,
    AWS_ACCESS_KEY_ID: given.awsAccessKeyId,
    AWS_SECRET_ACCESS_KEY: given.awsSecretAccessKey,
    AWS_SESSION_TOKEN: given.awsSessionToken,
    SLIPWAY_SIGNING_KEY: given.signingKey,
  };
  let box = given.runLink === undefined ? container : container.withEnvVariable("BUILD_URL", given.runLink);
  for (const [name, secret] of Object.entries(secrets))
    if (secret) box = box.withSecretVariable(name, secret);
  if (given.cloud === undefined) return box;

  const [port] = await given.cloud.ports();
  if (port === undefined) throw wrongCall("--cloud has no port; give it as tcp://host:port");
  return box
    .withServiceBinding("cloud", given.cloud)
    .withEnvVariable("AWS_ENDPOINT_URL", `http://cloud:${await port.port()}`);
}

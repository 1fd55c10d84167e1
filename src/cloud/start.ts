import { join } from "node:path";
import { PRACTICE_ACCOUNT, type Account } from "./account.ts";
import { awsDoor } from "./aws-door.ts";
import { ecrService } from "./ecr/service.ts";
import { startEndpoint } from "./endpoint.ts";
import { ImageStore } from "./registry/image-store.ts";
import { registryDoor } from "./registry/registry-door.ts";
import { RegistryTokens } from "./registry/registry-tokens.ts";
import { machineTime, Scheduler } from "./scheduler.ts";
import { SecretVault } from "./secretsmanager/secret-vault.ts";
import { secretsManagerService } from "./secretsmanager/service.ts";
import { stsService } from "./sts/service.ts";

export interface CloudOptions {
  /** Where the cloud keeps everything: images, secrets, its database. */
  readonly folder: string;
  /** Port of the endpoint; 0, the default, lets the system choose. */
  readonly port?: number;
  /** How many times faster the cloud's own waits pass than AWS's. */
  readonly compression?: number;
  readonly onFault?: (fault: unknown) => void;
}

export interface Cloud {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** Host and port that images are pushed to. */
  readonly registry: string;
  readonly account: Account;
  close(): Promise<void>;
}

/** Starts a practice AWS in this process. Throws PORT_TAKEN when the port is another's. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const account = PRACTICE_ACCOUNT;
  const onFault = options.onFault ?? (() => undefined);
  const scheduler = new Scheduler(machineTime, options.compression ?? 10, onFault);
  const vault = new SecretVault(join(options.folder, "secretsmanager"), account);
  const images = new ImageStore(join(options.folder, "registry"), account.id);
  const tokens = new RegistryTokens();
  let registry = "";
  const services = [
    stsService(account, scheduler),
    secretsManagerService(vault, scheduler),
    ecrService({ account, scheduler, store: images, tokens, registry: () => registry }),
  ];
  const doors = [registryDoor(images, tokens, scheduler, onFault), awsDoor(services, onFault)];
  const endpoint = await startEndpoint(options.port ?? 0, doors, onFault);
  registry = `127.0.0.1:${endpoint.port}`;
  return {
    endpoint: `http://${registry}`,
    registry,
    account,
    async close() {
      scheduler.close();
      await endpoint.close();
    },
  };
}

import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { arn, type Account } from "../account.ts";
import { KeptState } from "../kept-state.ts";
import { AwsError } from "../wire/aws-error.ts";

export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

export interface SecretVersion {
  readonly id: string;
  stages: string[];
  readonly text: string | undefined;
  /** Base64. */
  readonly binary: string | undefined;
  readonly createdAt: number;
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  description: string | undefined;
  readonly createdAt: number;
  changedAt: number;
  /** Seconds since the epoch when it will be gone; undefined while it is alive. */
  deletedAt: number | undefined;
  tags: { Key: string; Value: string }[];
  versions: SecretVersion[];
}

export interface SecretValue {
  readonly text: string | undefined;
  readonly binary: string | undefined;
}

/** Secrets with their versions, kept in one file that only its owner may read. Times are seconds since the epoch. */
export class SecretVault {
  readonly #state: KeptState<{ secrets: Record<string, StoredSecret> }>;
  readonly #account: Account;

  constructor(folder: string | undefined, account: Account) {
    this.#account = account;
    this.#state = new KeptState(folder === undefined ? undefined : join(folder, "secrets.json"), {
      secrets: {},
    });
  }

  all(): StoredSecret[] {
    return Object.values(this.#state.value.secrets);
  }

  /** By name, by ARN, or by an ARN without its random ending. Throws ResourceNotFoundException. */
  find(id: string): StoredSecret {
    const secrets = this.#state.value.secrets;
    const found =
      secrets[id] ?? Object.values(secrets).find((one) => one.arn === id || one.arn.slice(0, -7) === id);
    if (found === undefined) {
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return found;
  }

  /** Throws InvalidRequestException for a secret that is scheduled for deletion. */
  alive(id: string): StoredSecret {
    const found = this.find(id);
    if (found.deletedAt === undefined) return found;
    const says = "You can't perform this operation on the secret because it was marked for deletion.";
    throw new AwsError("InvalidRequestException", says);
  }

  create(name: string, description: string | undefined, now: number): StoredSecret {
    const existing = this.#state.value.secrets[name];
    if (existing !== undefined) {
      if (existing.deletedAt !== undefined) {
        const says =
          "You can't create this secret because a secret with this name is already scheduled for deletion.";
        throw new AwsError("InvalidRequestException", says);
      }
      const says = `The operation failed because the secret ${name} already exists.`;
      throw new AwsError("ResourceExistsException", says);
    }
    const ending = randomBytes(8)
      .toString("base64")
      .replace(/[^A-Za-z0-9]/g, "x")
      .slice(0, 6);
    const secret: StoredSecret = {
      name,
      arn: arn(this.#account, "secretsmanager", `secret:${name}-${ending}`),
      description,
      createdAt: now,
      changedAt: now,
      deletedAt: undefined,
      tags: [],
      versions: [],
    };
    this.#state.value.secrets[name] = secret;
    return secret;
  }

  /** Adds a version. The same token with the same value changes nothing; with another value it is refused. */
  put(
    secret: StoredSecret,
    value: SecretValue,
    token: string | undefined,
    stages: readonly string[],
    now: number,
  ): SecretVersion {
    const id = token ?? randomUUID();
    const same = secret.versions.find((version) => version.id === id);
    if (same !== undefined) {
      if (same.text === value.text && same.binary === value.binary) return same;
      const says = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`;
      throw new AwsError("ResourceExistsException", says);
    }
    const version: SecretVersion = { id, stages: [], text: value.text, binary: value.binary, createdAt: now };
    secret.versions.push(version);
    for (const stage of stages) moveStage(secret, version, stage);
    // AWS keeps versions without a stage for about a day and at most a hundred; here they go at once.
    secret.versions = secret.versions.filter((one) => one.stages.length > 0 || one === version);
    secret.changedAt = now;
    return version;
  }

  version(secret: StoredSecret, id: string | undefined, stage: string | undefined): SecretVersion {
    const wanted = stage ?? (id === undefined ? CURRENT : undefined);
    const found = secret.versions.find(
      (one) => (id === undefined || one.id === id) && (wanted === undefined || one.stages.includes(wanted)),
    );
    if (found !== undefined) return found;
    const which = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
    const says = `Secrets Manager can't find the specified secret value for ${which}`;
    throw new AwsError("ResourceNotFoundException", says);
  }

  forget(secret: StoredSecret): void {
    delete this.#state.value.secrets[secret.name];
  }

  save(): void {
    this.#state.save();
  }
}

function moveStage(secret: StoredSecret, to: SecretVersion, stage: string): void {
  const from = secret.versions.find((version) => version.stages.includes(stage));
  for (const version of secret.versions) version.stages = version.stages.filter((one) => one !== stage);
  to.stages.push(stage);
  if (stage === CURRENT && from !== undefined && from !== to) moveStage(secret, from, PREVIOUS);
}

import type { Scheduler } from "../scheduler.ts";
import type { AwsService } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import { CURRENT, type SecretValue, type SecretVault, type StoredSecret } from "./secret-vault.ts";

const DAY = 86_400;

/** Secrets Manager over the vault. */
export function secretsManagerService(vault: SecretVault, scheduler: Scheduler): AwsService {
  const now = () => scheduler.seconds();

  function createSecret(input: Input): unknown {
    const name = input.text("Name");
    if (!/^[\w/+=.@-]{1,512}$/.test(name)) {
      const says =
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
      throw new AwsError("ValidationException", says);
    }
    const value = readValue(input);
    const secret = vault.create(name, input.optionalText("Description"), now());
    secret.tags = readTags(input);
    const version =
      value === undefined
        ? undefined
        : vault.put(secret, value, input.optionalText("ClientRequestToken"), [CURRENT], now());
    vault.save();
    return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
  }

  function putSecretValue(input: Input): unknown {
    const secret = vault.alive(input.text("SecretId"));
    const value = readValue(input);
    if (value === undefined) throw input.invalid("You must provide either SecretString or SecretBinary.");
    const stages = input.has("VersionStages") ? input.texts("VersionStages") : [CURRENT];
    const version = vault.put(secret, value, input.optionalText("ClientRequestToken"), stages, now());
    vault.save();
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
  }

  function getSecretValue(input: Input): unknown {
    const secret = vault.alive(input.text("SecretId"));
    const version = vault.version(
      secret,
      input.optionalText("VersionId"),
      input.optionalText("VersionStage"),
    );
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.text,
      SecretBinary: version.binary,
      VersionStages: version.stages,
      CreatedDate: version.createdAt,
    };
  }

  function listSecrets(input: Input): unknown {
    const deleted = input.flag("IncludePlannedDeletion", false);
    const filters = input.inputs("Filters");
    const secrets = vault
      .all()
      .filter((secret) => deleted || secret.deletedAt === undefined)
      .filter((secret) => filters.every((filter) => passes(secret, filter)))
      .toSorted((a, b) => a.name.localeCompare(b.name));
    const from = Number(input.optionalText("NextToken") ?? 0);
    const to = from + (input.optionalWhole("MaxResults") ?? 100);
    return {
      SecretList: secrets.slice(from, to).map(entry),
      NextToken: to < secrets.length ? String(to) : undefined,
    };
  }

  function deleteSecret(input: Input): unknown {
    const secret = vault.find(input.text("SecretId"));
    const force = input.flag("ForceDeleteWithoutRecovery", false);
    const days = input.optionalWhole("RecoveryWindowInDays");
    if (force && days !== undefined) {
      const says = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
      throw new AwsError("InvalidParameterException", says);
    }
    if (days !== undefined && (days < 7 || days > 30)) {
      const says = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
      throw new AwsError("InvalidParameterException", says);
    }
    const deletionDate = force ? now() : now() + (days ?? 30) * DAY;
    if (force) vault.forget(secret);
    else vault.alive(secret.name).deletedAt = deletionDate;
    vault.save();
    return { ARN: secret.arn, Name: secret.name, DeletionDate: deletionDate };
  }

  function restoreSecret(input: Input): unknown {
    const secret = vault.find(input.text("SecretId"));
    secret.deletedAt = undefined;
    vault.save();
    return { ARN: secret.arn, Name: secret.name };
  }

  return {
    protocol: "json",
    name: "secretsmanager",
    invalidInput: "InvalidParameterException",
    operations: {
      CreateSecret: createSecret,
      PutSecretValue: putSecretValue,
      GetSecretValue: getSecretValue,
      DescribeSecret: (input: Input) => entry(vault.find(input.text("SecretId"))),
      ListSecrets: listSecrets,
      DeleteSecret: deleteSecret,
      RestoreSecret: restoreSecret,
    },
  };
}

function readValue(input: Input): SecretValue | undefined {
  const text = input.optionalText("SecretString");
  const binary = input.optionalText("SecretBinary");
  if (text !== undefined && binary !== undefined) {
    throw input.invalid(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text === undefined && binary === undefined) return undefined;
  return { text, binary };
}

function readTags(input: Input): { Key: string; Value: string }[] {
  return input
    .inputs("Tags")
    .map((tag) => ({ Key: tag.text("Key"), Value: tag.optionalText("Value") ?? "" }));
}

function passes(secret: StoredSecret, filter: Input): boolean {
  const values = filter.texts("Values");
  const key = filter.text("Key");
  switch (key) {
    case "name":
      return values.some((value) => secret.name.startsWith(value));
    case "description":
      return values.some((value) => (secret.description ?? "").startsWith(value));
    case "tag-key":
      return values.some((value) => secret.tags.some((tag) => tag.Key === value));
    case "tag-value":
      return values.some((value) => secret.tags.some((tag) => tag.Value === value));
    default:
      throw filter.invalid(`The local cloud does not filter secrets by ${key}.`);
  }
}

function entry(secret: StoredSecret): unknown {
  const stages = Object.fromEntries(
    secret.versions
      .filter((version) => version.stages.length > 0)
      .map((version) => [version.id, version.stages]),
  );
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    DeletedDate: secret.deletedAt,
    Tags: secret.tags,
    VersionIdsToStages: stages,
    SecretVersionsToStages: stages,
  };
}

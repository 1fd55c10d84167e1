import { arn } from "../account.ts";
import type { Repository } from "../registry/image-store.ts";
import type { Operations } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { EcrSurroundings } from "./ecr-surroundings.ts";
import { findRepository } from "./find-repository.ts";

const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** Repositories: created, described, and whether their tags may move. */
export function repositoryOperations(ecr: EcrSurroundings): Operations {
  const { account, scheduler, store, registry } = ecr;

  function createRepository(input: Input): unknown {
    const name = input.text("repositoryName");
    if (name.length < 2 || name.length > 256 || !NAME.test(name)) {
      const says = `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${NAME.source}''`;
      throw new AwsError("InvalidParameterException", says);
    }
    if (store.find(name) !== undefined) {
      const says = `The repository with name '${name}' already exists in the registry with id '${account.id}'`;
      throw new AwsError("RepositoryAlreadyExistsException", says);
    }
    const mutability = input.word("imageTagMutability", ["MUTABLE", "IMMUTABLE"], "MUTABLE");
    return { repository: describe(store.create(name, mutability, scheduler.seconds())) };
  }

  function describeRepositories(input: Input): unknown {
    const names = input.texts("repositoryNames");
    const found =
      names.length === 0
        ? store.all().toSorted((a, b) => a.name.localeCompare(b.name))
        : names.map((name) => findRepository(ecr, name));
    return { repositories: found.map(describe) };
  }

  function putImageTagMutability(input: Input): unknown {
    const repository = findRepository(ecr, input.text("repositoryName"));
    repository.mutability = input.word("imageTagMutability", ["MUTABLE", "IMMUTABLE"], "MUTABLE");
    store.save();
    return {
      registryId: account.id,
      repositoryName: repository.name,
      imageTagMutability: repository.mutability,
    };
  }

  function describe(repository: Repository): unknown {
    return {
      repositoryArn: arn(account, "ecr", `repository/${repository.name}`),
      registryId: account.id,
      repositoryName: repository.name,
      repositoryUri: `${registry()}/${repository.name}`,
      createdAt: repository.createdAt,
      imageTagMutability: repository.mutability,
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: "AES256" },
    };
  }

  return {
    CreateRepository: createRepository,
    DescribeRepositories: describeRepositories,
    PutImageTagMutability: putImageTagMutability,
  };
}

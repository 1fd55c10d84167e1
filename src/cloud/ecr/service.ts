import { arn, type Account } from "../account.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ImageStore, Repository, StoredManifest } from "../registry/image-store.ts";
import type { RegistryTokens } from "../registry/registry-tokens.ts";
import type { AwsService } from "../wire/aws-call.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";

const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** What ECR needs besides its store. `registry` is the host and port that images are pushed to. */
export interface EcrSurroundings {
  readonly account: Account;
  readonly scheduler: Scheduler;
  readonly store: ImageStore;
  readonly tokens: RegistryTokens;
  readonly registry: () => string;
}

/** Elastic Container Registry: the administration of what the registry holds. */
export function ecrService({ account, scheduler, store, tokens, registry }: EcrSurroundings): AwsService {
  function open(name: string): Repository {
    const found = store.find(name);
    if (found !== undefined) return found;
    const says = `The repository with name '${name}' does not exist in the registry with id '${account.id}'`;
    throw new AwsError("RepositoryNotFoundException", says);
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
      names.length === 0 ? store.all().toSorted((a, b) => a.name.localeCompare(b.name)) : names.map(open);
    return { repositories: found.map(describe) };
  }

  function putImageTagMutability(input: Input): unknown {
    const repository = open(input.text("repositoryName"));
    repository.mutability = input.word("imageTagMutability", ["MUTABLE", "IMMUTABLE"], "MUTABLE");
    store.save();
    return {
      registryId: account.id,
      repositoryName: repository.name,
      imageTagMutability: repository.mutability,
    };
  }

  function describeImages(input: Input): unknown {
    const repository = open(input.text("repositoryName"));
    const wanted = input.inputs("imageIds");
    const status = input.optionalInput("filter")?.optionalText("tagStatus") ?? "ANY";
    const images =
      wanted.length > 0
        ? wanted.map((id) => existing(repository, id))
        : Object.values(repository.manifests).filter((one) => tagStatusIs(status, repository, one));
    return {
      imageDetails: images.map((image) => ({
        registryId: account.id,
        repositoryName: repository.name,
        imageDigest: image.digest,
        imageTags: nonEmpty(tagsOf(repository, image)),
        imageSizeInBytes: image.contentSize,
        imagePushedAt: image.pushedAt,
        imageManifestMediaType: image.mediaType,
        artifactMediaType: image.artifactType,
        subjectManifestDigest: image.subject,
      })),
    };
  }

  function existing(repository: Repository, id: Input): StoredManifest {
    const image = find(repository, id);
    if (image !== undefined) return image;
    const shown = ["imageDigest", "imageTag"]
      .filter((name) => id.has(name))
      .map((name) => `${name}:'${id.text(name)}'`);
    const says = `The image with imageId {${shown.join(", ")}} does not exist within the repository with name '${repository.name}' in the registry with id '${account.id}'`;
    throw new AwsError("ImageNotFoundException", says);
  }

  function find(repository: Repository, id: Input): StoredManifest | undefined {
    const digest = id.optionalText("imageDigest");
    const tag = id.optionalText("imageTag");
    if (digest === undefined && tag === undefined) {
      throw new AwsError(
        "InvalidParameterException",
        "Invalid parameter at 'imageIds' failed to satisfy constraint: 'imageDigest or imageTag must be given'",
      );
    }
    const image = store.manifest(repository, digest ?? tag ?? "");
    return image !== undefined && tag !== undefined && repository.tags[tag] !== image.digest
      ? undefined
      : image;
  }

  async function batchGetImage(input: Input): Promise<unknown> {
    const repository = open(input.text("repositoryName"));
    const images: unknown[] = [];
    const failures: unknown[] = [];
    for (const id of input.inputs("imageIds")) {
      const image = find(repository, id);
      const manifest = image === undefined ? undefined : await store.read(image.digest);
      if (image === undefined || manifest === undefined) {
        failures.push({
          imageId: id.fields,
          failureCode: "ImageNotFound",
          failureReason: "Requested image not found",
        });
        continue;
      }
      images.push({
        registryId: account.id,
        repositoryName: repository.name,
        imageId: { imageDigest: image.digest, imageTag: id.optionalText("imageTag") },
        imageManifest: manifest.toString("utf8"),
        imageManifestMediaType: image.mediaType,
      });
    }
    return { images, failures };
  }

  function listImages(input: Input): unknown {
    const repository = open(input.text("repositoryName"));
    const status = input.optionalInput("filter")?.optionalText("tagStatus") ?? "ANY";
    const images = Object.values(repository.manifests).filter((one) => tagStatusIs(status, repository, one));
    const imageIds = images.flatMap((image): unknown[] => {
      const tags = tagsOf(repository, image);
      if (tags.length === 0) return [{ imageDigest: image.digest }];
      return tags.map((tag) => ({ imageDigest: image.digest, imageTag: tag }));
    });
    return { imageIds };
  }

  function getAuthorizationToken(): unknown {
    const { token, expiresAt } = tokens.issue(scheduler.seconds());
    const entry = { authorizationToken: token, expiresAt, proxyEndpoint: `http://${registry()}` };
    return { authorizationData: [entry] };
  }

  return {
    protocol: "json",
    name: "AmazonEC2ContainerRegistry_V20150921",
    invalidInput: "InvalidParameterException",
    operations: {
      CreateRepository: createRepository,
      DescribeRepositories: describeRepositories,
      PutImageTagMutability: putImageTagMutability,
      DescribeImages: describeImages,
      BatchGetImage: batchGetImage,
      ListImages: listImages,
      GetAuthorizationToken: getAuthorizationToken,
    },
  };
}

function tagsOf(repository: Repository, image: StoredManifest): string[] {
  return Object.keys(repository.tags).filter((tag) => repository.tags[tag] === image.digest);
}

function tagStatusIs(status: string, repository: Repository, image: StoredManifest): boolean {
  if (status === "ANY") return true;
  return (status === "TAGGED") === tagsOf(repository, image).length > 0;
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

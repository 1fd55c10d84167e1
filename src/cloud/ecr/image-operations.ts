import type { Repository, StoredManifest } from "../registry/image-store.ts";
import type { Operations } from "../wire/aws-call.ts";
import type { Input } from "../wire/input.ts";
import type { EcrSurroundings } from "./ecr-surroundings.ts";
import { findImage, imageOrError } from "./find-image.ts";
import { findRepository } from "./find-repository.ts";

/** The images of a repository: described, listed, and their manifests. */
export function imageOperations(ecr: EcrSurroundings): Operations {
  const { account, store } = ecr;

  function describeImages(input: Input): unknown {
    const repository = findRepository(ecr, input.text("repositoryName"));
    const wanted = input.inputs("imageIds");
    const listed = withTagStatus(repository, input);
    const images = wanted.length > 0 ? wanted.map((id) => imageOrError(ecr, repository, id)) : listed;
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

  function listImages(input: Input): unknown {
    const repository = findRepository(ecr, input.text("repositoryName"));
    const images = withTagStatus(repository, input);
    const imageIds = images.flatMap((image): unknown[] => {
      const tags = tagsOf(repository, image);
      if (tags.length === 0) return [{ imageDigest: image.digest }];
      return tags.map((tag) => ({ imageDigest: image.digest, imageTag: tag }));
    });
    return { imageIds };
  }

  async function batchGetImage(input: Input): Promise<unknown> {
    const repository = findRepository(ecr, input.text("repositoryName"));
    const images: unknown[] = [];
    const failures: unknown[] = [];
    for (const id of input.inputs("imageIds")) {
      const image = findImage(ecr, repository, id);
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

  return {
    DescribeImages: describeImages,
    BatchGetImage: batchGetImage,
    ListImages: listImages,
  };
}

/** The images that an operation's filter lets through: `TAGGED`, `UNTAGGED` or `ANY`. */
function withTagStatus(repository: Repository, input: Input): StoredManifest[] {
  const status = input.optionalInput("filter")?.optionalText("tagStatus") ?? "ANY";
  const images = Object.values(repository.manifests);
  if (status === "ANY") return images;
  return images.filter((image) => (status === "TAGGED") === tagsOf(repository, image).length > 0);
}

function tagsOf(repository: Repository, image: StoredManifest): string[] {
  return Object.keys(repository.tags).filter((tag) => repository.tags[tag] === image.digest);
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

import type { Repository, StoredManifest } from "../registry/image-store.ts";
import { AwsError } from "../wire/aws-error.ts";
import type { Input } from "../wire/input.ts";
import type { EcrSurroundings } from "./ecr-surroundings.ts";

/** The image that a tag, a digest or both of them name. Throws InvalidParameterException when neither is given. */
export function findImage(
  { store }: EcrSurroundings,
  repository: Repository,
  id: Input,
): StoredManifest | undefined {
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

/** As `findImage`, for an operation that fails as a whole. Throws ImageNotFoundException. */
export function imageOrError(ecr: EcrSurroundings, repository: Repository, id: Input): StoredManifest {
  const image = findImage(ecr, repository, id);
  if (image !== undefined) return image;
  const shown = ["imageDigest", "imageTag"]
    .filter((name) => id.has(name))
    .map((name) => `${name}:'${id.text(name)}'`);
  const says = `The image with imageId {${shown.join(", ")}} does not exist within the repository with name '${repository.name}' in the registry with id '${ecr.account.id}'`;
  throw new AwsError("ImageNotFoundException", says);
}

import { BatchGetImageCommand, ECRClient } from "@aws-sdk/client-ecr";
import { createHash } from "node:crypto";
import { SlipwayError } from "../../core/errors.ts";
import { parseImage } from "../../core/names.ts";
import type { ImageRegistry } from "../../ports/image-registry.ts";
import { clientSettings, type CloudAccess } from "./client-settings.ts";
import { ask, isNamed } from "./translate-error.ts";

const MEDIA_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** ECR. The digest is computed from the manifest that it hands out, not taken from its word. */
export function ecrRegistry(access: CloudAccess): ImageRegistry {
  const client = new ECRClient(clientSettings(access));

  return {
    async find(image) {
      const name = parseImage(image);
      if (name === undefined) throw notByDigest(image);
      const [, account] = /^(\d{12})\.dkr\.ecr\./.exec(name.registry) ?? [];

      return ask("ecr", "BatchGetImage", async () => {
        try {
          const answer = await client.send(
            new BatchGetImageCommand({
              ...(account === undefined ? {} : { registryId: account }),
              repositoryName: name.repository,
              imageIds: [{ imageDigest: name.digest }],
              acceptedMediaTypes: MEDIA_TYPES,
            }),
          );
          const found = answer.images?.[0];
          if (found?.imageManifest === undefined) return undefined;
          const digest = `sha256:${createHash("sha256").update(found.imageManifest).digest("hex")}`;
          return { digest, mediaType: found.imageManifestMediaType ?? "" };
        } catch (error) {
          if (isNamed(error, "RepositoryNotFoundException", "ImageNotFoundException")) return undefined;
          throw error;
        }
      });
    },
  };
}

function notByDigest(image: string): SlipwayError {
  return new SlipwayError(
    {
      code: "IMAGE_NOT_BY_DIGEST",
      at: image,
      says: "is not <registry>/<repository>@sha256:<hex>",
      hint: "build the release again",
    },
    "usage",
  );
}

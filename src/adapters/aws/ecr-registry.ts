import { BatchGetImageCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
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

const AWS_REGISTRY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** ECR. The digest is computed from the manifest that it hands out, not taken from its word. */
export function ecrRegistry(access: CloudAccess): ImageRegistry {
  const client = new ECRClient(clientSettings(access));

  /** The registry that this cloud has itself: on AWS the account's, elsewhere whatever the cloud says. */
  async function ownRegistry(): Promise<string> {
    const { authorizationData } = await ask("ecr", "GetAuthorizationToken", () =>
      client.send(new GetAuthorizationTokenCommand({})),
    );
    return (authorizationData?.[0]?.proxyEndpoint ?? "").replace(/^https?:\/\//, "");
  }

  return {
    async find(image) {
      const name = parseImage(image);
      if (name === undefined) throw notByDigest(image);
      const [, account, region] = AWS_REGISTRY.exec(name.registry) ?? [];
      // On AWS the name says it all, so that the role need not be allowed to fetch a token.
      if (access.endpoint !== undefined || account === undefined) {
        const own = await ownRegistry();
        if (own !== name.registry) throw elsewhere(image, own);
      } else if (region !== access.region) throw elsewhere(image, `an ECR registry of ${access.region}`);

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

function elsewhere(image: string, own: string): SlipwayError {
  return new SlipwayError(
    {
      code: "IMAGE_ELSEWHERE",
      at: image,
      says: `is in a registry that this cloud does not pull from; its own is ${own}`,
      hint: "publish the release to that registry",
    },
    "verifyFailed",
  );
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

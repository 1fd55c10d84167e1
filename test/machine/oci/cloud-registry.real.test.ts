import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { pullImage, resolveDigest } from "../../../src/machine/oci/pull-image.ts";
import { pushImage } from "../../../src/machine/oci/push-image.ts";
import { practiceCloud } from "../../cloud/practice-cloud.ts";
import { aFolder } from "./a-folder.ts";
import { anImage } from "./an-image.ts";

const AMD = { os: "linux", architecture: "amd64" };
const ARM = { os: "linux", architecture: "arm64" };

test("the local cloud's registry takes and gives what the client pushes and pulls", async () => {
  const practice = await practiceCloud();
  onTestFinished(() => practice.close());
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));
  const reference = {
    registry: practice.cloud.registry,
    repository: "diary/api",
    tag: "v1",
    digest: undefined,
  };
  const options = {
    credentials: { username: "slipway", password: new Secret("REGISTRY_PASSWORD", "slipway") },
    retryAfterMs: 1,
  };

  const [amd, arm] = [await anImage("amd"), await anImage("arm", ARM)];
  const digest = await pushImage([amd, arm], reference, options);
  expect(await resolveDigest(reference, options)).toBe(digest);
  const byDigest = { ...reference, tag: undefined, digest };
  const pulled = await pullImage(byDigest, await aFolder(), { ...options, platform: AMD });
  expect(pulled.manifest.descriptor.digest).toBe(amd.manifest.descriptor.digest);
  expect(pulled.config).toEqual(amd.config);

  await expect(
    pushImage([amd], { ...reference, repository: "nobody/made-it" }, options),
  ).rejects.toMatchObject({
    problems: [{ code: "REGISTRY_FAULT", says: expect.stringContaining("NAME_UNKNOWN") }],
  });
  await expect(resolveDigest(reference, { retryAfterMs: 1 })).rejects.toMatchObject({
    problems: [{ code: "REGISTRY_REFUSED" }],
  });
});

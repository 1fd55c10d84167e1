import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ListImagesCommand,
  PutImageTagMutabilityCommand,
} from "@aws-sdk/client-ecr";
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";
import { errorOf, pushImage, putManifest } from "../registry/push.ts";

let practice: PracticeCloud;
beforeAll(async () => void (practice = await practiceCloud()));
afterAll(() => practice.close());

test("a repository is described with the place to push to", async () => {
  const { ecr } = practice.clients;
  await ecr.send(
    new CreateRepositoryCommand({ repositoryName: "team/app", imageTagMutability: "IMMUTABLE" }),
  );
  const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ["team/app"] }));
  expect(repositories?.[0]).toMatchObject({
    repositoryArn: "arn:aws:ecr:us-east-1:000000000000:repository/team/app",
    repositoryUri: `${practice.cloud.registry}/team/app`,
    imageTagMutability: "IMMUTABLE",
  });
  const again = ecr.send(new CreateRepositoryCommand({ repositoryName: "team/app" }));
  expect((await refusal(again)).name).toBe("RepositoryAlreadyExistsException");
});

test("an immutable tag keeps its image until the repository is made mutable", async () => {
  const { ecr } = practice.clients;
  const { registry } = practice.cloud;
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "frozen", imageTagMutability: "IMMUTABLE" }));
  const first = await pushImage(registry, "frozen", { layers: [Buffer.from("1")], tag: "v1" });
  expect((await putManifest(registry, "frozen", "v1", first.manifest)).status).toBe(201);
  const second = await pushImage(registry, "frozen", { layers: [Buffer.from("2")] });
  const moved = await putManifest(registry, "frozen", "v1", second.manifest);
  expect(await errorOf(moved)).toEqual({ status: 400, code: "TAG_INVALID" });
  await ecr.send(
    new PutImageTagMutabilityCommand({ repositoryName: "frozen", imageTagMutability: "MUTABLE" }),
  );
  expect((await putManifest(registry, "frozen", "v1", second.manifest)).status).toBe(201);
});

test("images are described, listed and fetched by digest and tag", async () => {
  const { ecr } = practice.clients;
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "app" }));
  const { digest, manifest } = await pushImage(practice.cloud.registry, "app", {
    layers: [Buffer.from("x")],
    tag: "v1",
  });
  const untagged = await pushImage(practice.cloud.registry, "app", { layers: [Buffer.from("yy")] });

  const described = await ecr.send(
    new DescribeImagesCommand({ repositoryName: "app", imageIds: [{ imageTag: "v1" }] }),
  );
  expect(described.imageDetails?.[0]).toMatchObject({ imageDigest: digest, imageTags: ["v1"] });
  const listed = await ecr.send(new ListImagesCommand({ repositoryName: "app" }));
  expect(listed.imageIds).toEqual([
    { imageDigest: digest, imageTag: "v1" },
    { imageDigest: untagged.digest },
  ]);
  const got = await ecr.send(
    new BatchGetImageCommand({
      repositoryName: "app",
      imageIds: [{ imageDigest: digest }, { imageTag: "v2" }],
    }),
  );
  expect(got.images?.[0]?.imageManifest).toBe(manifest);
  expect(got.failures?.[0]).toMatchObject({ failureCode: "ImageNotFound", imageId: { imageTag: "v2" } });
});

test("an image whose manifest has gone from the disk is not found, and can be pushed again", async () => {
  const { ecr } = practice.clients;
  const { registry } = practice.cloud;
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "lossy" }));
  const { digest, manifest } = await pushImage(registry, "lossy", { layers: [Buffer.from("z")] });
  const wanted = new BatchGetImageCommand({ repositoryName: "lossy", imageIds: [{ imageDigest: digest }] });
  rmSync(fileNamed(practice.folder, digest.replace("sha256:", "")));

  expect((await ecr.send(wanted)).failures?.[0]).toMatchObject({ failureCode: "ImageNotFound" });
  const asked = await fetch(`http://${registry}/v2/lossy/manifests/${digest}`, {
    method: "HEAD",
    headers: { authorization: `Basic ${btoa("slipway:slipway")}` },
  });
  expect(asked.status).toBe(404);

  await putManifest(registry, "lossy", digest, manifest);
  expect((await ecr.send(wanted)).images?.[0]?.imageManifest).toBe(manifest);
});

function fileNamed(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find(
    (path) => basename(path) === name,
  );
  if (found === undefined) throw new Error(`no file ${name} in ${folder}`);
  return join(folder, found);
}

test("what is not there is refused with AWS's names", async () => {
  const { ecr } = practice.clients;
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "bare" }));
  const image = ecr.send(
    new DescribeImagesCommand({ repositoryName: "bare", imageIds: [{ imageTag: "v1" }] }),
  );
  expect(await refusal(image)).toEqual({
    name: "ImageNotFoundException",
    message:
      "The image with imageId {imageTag:'v1'} does not exist within the repository with name 'bare' in the registry with id '000000000000'",
  });
  const repository = ecr.send(new DescribeImagesCommand({ repositoryName: "nowhere" }));
  expect((await refusal(repository)).name).toBe("RepositoryNotFoundException");
  const name = ecr.send(new CreateRepositoryCommand({ repositoryName: "Not/Valid" }));
  expect((await refusal(name)).name).toBe("InvalidParameterException");
});

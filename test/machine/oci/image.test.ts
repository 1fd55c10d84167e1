import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blobBytes } from "../../../src/machine/oci/blob-folder.ts";
import { readImageTarball, writeImageTarball } from "../../../src/machine/oci/image-layout.ts";
import { aFolder } from "./a-folder.ts";
import { anImage } from "./an-image.ts";

const ARM = { os: "linux", architecture: "arm64", variant: "v8" };

test("the same recipe is the same image, byte for byte", async () => {
  const [one, two] = [await anImage(), await anImage()];
  expect(two.manifest).toEqual(one.manifest);
  expect((await blobBytes(one.configBlob)).toString()).toBe(
    '{"architecture":"amd64","config":{"Entrypoint":["cat","/file"],"Labels":{"a":"1","b":"2"}},"os":"linux",' +
      `"rootfs":{"diff_ids":["${one.config.rootfs.diff_ids[0]}"],"type":"layers"}}`,
  );
});

test("an image comes back from its tarball, and the tarball is the same each time", async () => {
  const [folder, image] = [await aFolder(), await anImage()];
  await writeImageTarball([image], join(folder, "one.tar"), "diary/api:1");
  await writeImageTarball([await anImage()], join(folder, "two.tar"), "diary/api:1");
  expect(await readFile(join(folder, "two.tar"))).toEqual(await readFile(join(folder, "one.tar")));

  const [read] = await readImageTarball(join(folder, "one.tar"), folder);
  expect(read.config).toEqual(image.config);
  expect(read.manifest.descriptor.digest).toBe(image.manifest.descriptor.digest);
  expect(await blobBytes(read.configBlob)).toEqual(await blobBytes(image.configBlob));
  expect(read.layers.map((layer) => layer.descriptor.digest)).toEqual([image.layers[0]?.descriptor.digest]);
});

test("several platforms are one image of the tarball", async () => {
  const folder = await aFolder();
  await writeImageTarball([await anImage("x"), await anImage("y", ARM)], join(folder, "image.tar"));
  const images = await readImageTarball(join(folder, "image.tar"), folder);
  expect(images.map(({ config }) => config.architecture)).toEqual(["amd64", "arm64"]);
});

test("a tarball with a changed blob is refused, naming expected and got", async () => {
  const [folder, image] = [await aFolder(), await anImage()];
  await writeImageTarball([image], join(folder, "image.tar"));
  const bytes = await readFile(join(folder, "image.tar"));
  const config = await blobBytes(image.configBlob);
  bytes[bytes.indexOf(config) + 5] = 0x58;
  await writeFile(join(folder, "image.tar"), bytes);
  await expect(readImageTarball(join(folder, "image.tar"), folder)).rejects.toMatchObject({
    problems: [
      {
        code: "DIGEST_MISMATCH",
        says: expect.stringMatching(
          new RegExp(
            `^expected ${image.configBlob.descriptor.digest} \\(\\d+ bytes\\), got sha256:[0-9a-f]{64} `,
          ),
        ),
      },
    ],
  });
});

test.each([
  [
    "a tarball of something else",
    (folder: string) => execFileSync("tar", ["-cf", "image.tar", "."], { cwd: folder }),
  ],
  ["no tarball", (folder: string) => writeFile(join(folder, "image.tar"), "x".repeat(2000))],
])("says that %s is not an image", async (_what, make) => {
  const folder = await aFolder();
  await writeFile(join(folder, "file"), "");
  await make(folder);
  await expect(readImageTarball(join(folder, "image.tar"), await aFolder())).rejects.toMatchObject({
    problems: [{ code: "IMAGE_INVALID", at: join(folder, "image.tar") }],
  });
});

import { readdir, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpackLayer } from "../../../src/machine/oci/unpack-layer.ts";
import { aFolder } from "./a-folder.ts";
import { aTar } from "./a-tar.ts";

const OUT = { name: "link", type: "symlink", linkname: "../outside" } as const;

test.each([
  ["a path upwards", [{ name: "a/../../outside/x", body: "x" }]],
  ["an absolute path", [{ name: "/outside/x", body: "x" }]],
  ["a path through a symlink of the layer", [OUT, { name: "link/x", body: "x" }]],
  ["a deep path through a symlink of the layer", [OUT, { name: "link/a/b/x", body: "x" }]],
  [
    "a path through a file of the layer",
    [
      { name: "f", body: "f" },
      { name: "f/x", body: "x" },
    ],
  ],
  ["a hard link upwards", [{ name: "h", type: "link", linkname: "../outside/secret" }]],
  ["an absolute hard link", [{ name: "h", type: "link", linkname: "/etc/passwd" }]],
  ["a hard link to a symlink", [OUT, { name: "h", type: "link", linkname: "link" }]],
  ["a hard link through a symlink", [OUT, { name: "h", type: "link", linkname: "link/secret" }]],
  ["a hard link to nothing", [{ name: "h", type: "link", linkname: "nothing" }]],
  ["a character device", [{ name: "null", type: "character-device" }]],
  ["a block device", [{ name: "disk", type: "block-device" }]],
  ["a pipe", [{ name: "pipe", type: "fifo" }]],
  [
    "a whiteout of the folder itself",
    [
      { name: "a/.wh...", body: "" },
      { name: "a/.wh..", body: "" },
    ],
  ],
  ["a whiteout upwards", [{ name: "a/.wh...", body: "" }]],
  ["a file as the root", [{ name: ".", type: "file", body: "x" }]],
  ["a sparse file", [{ name: "s", pax: { "GNU.sparse.major": "1" } }]],
] as const)("refuses %s and writes nothing outside", async (_what, entries) => {
  const home = await aFolder();
  await mkdir(join(home, "outside"));
  await mkdir(join(home, "layer"));
  await writeFile(join(home, "outside/secret"), "secret");
  await expect(unpackLayer(await aTar(...entries), join(home, "layer"))).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "LAYER_UNSAFE" }],
  });
  expect(await readdir(join(home, "outside"))).toEqual(["secret"]);
  expect((await readdir(home)).sort()).toEqual(["layer", "outside"]);
});

test("a symlink that a later entry of its name replaces is not followed", async () => {
  const home = await aFolder();
  await mkdir(join(home, "outside"));
  await mkdir(join(home, "layer"));
  const tar = await aTar(OUT, { name: "link/", type: "directory" }, { name: "link/x", body: "x" });
  await unpackLayer(tar, join(home, "layer"));
  expect(await readdir(join(home, "outside"))).toEqual([]);
  expect(await readdir(join(home, "layer/link"))).toEqual(["x"]);
});

test("a symlink out of the layer is kept as it is, and never followed", async () => {
  const folder = await aFolder();
  await unpackLayer(await aTar(OUT, { name: "link", body: "a file now" }), folder);
  expect(await readdir(folder)).toEqual(["link"]);
});

test("stops at the limits: a small file that unpacks to a large one, and too many entries", async () => {
  const bomb = Readable.from([gzipSync(await tarBytes({ name: "zeros", body: "\0".repeat(4_000_000) }))]);
  await expect(unpackLayer(bomb, await aFolder(), { bytes: 1_000_000, entries: 10 })).rejects.toMatchObject({
    problems: [{ code: "LAYER_UNSAFE", says: "it holds more than 1000000 bytes" }],
  });
  const many = await aTar(...Array.from({ length: 11 }, (_, n) => ({ name: `f${n}` })));
  await expect(unpackLayer(many, await aFolder(), { bytes: 1_000_000, entries: 10 })).rejects.toMatchObject({
    problems: [{ code: "LAYER_UNSAFE", says: "the layer has more than 10 entries" }],
  });
});

test.each([
  ["text", Buffer.from("this is not a tar at all, ".repeat(100))],
  ["half a gzip", gzipSync(Buffer.alloc(10_000, "x")).subarray(0, 40)],
])("says that %s is not a layer", async (_what, bytes) => {
  await expect(unpackLayer(Readable.from([bytes]), await aFolder())).rejects.toMatchObject({
    problems: [{ code: "LAYER_UNSAFE", at: "layer" }],
  });
});

test("says that a layer that ends in the middle is not one", async () => {
  const bytes = await tarBytes({ name: "a", body: "x".repeat(5000) });
  await expect(unpackLayer(Readable.from([bytes.subarray(0, 3000)]), await aFolder())).rejects.toMatchObject({
    problems: [{ code: "LAYER_UNSAFE", at: "layer" }],
  });
});

async function tarBytes(...entries: Parameters<typeof aTar>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await aTar(...entries)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TarHeader, packTar } from "modern-tar";
import { expect, test } from "vitest";
import { packedLayer, snapshotFromImage } from "../../../src/engine/filesystem/image-layers.ts";
import { stat } from "../../../src/engine/filesystem/read.ts";
import { EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { without } from "../../../src/engine/filesystem/without.ts";
import { digestOf } from "../../../src/machine/oci/digest.ts";
import { aFolder, aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

async function aLayer(...entries: (Partial<TarHeader> & { name: string; body?: string })[]) {
  const file = join(await aFolder(), "layer.tar");
  const bytes = await packTar(
    entries.map(({ body = "", ...header }) => ({
      header: { size: Buffer.byteLength(body), ...header },
      body,
    })),
  );
  await writeFile(file, bytes);
  return { file, diffId: digestOf(bytes) };
}

const BELOW = [
  { name: "d/", type: "directory" },
  { name: "d/a", body: "a" },
  { name: "d/sub/", type: "directory" },
  { name: "d/sub/old", body: "old" },
  { name: "e/", type: "directory" },
  { name: "e/x", body: "x" },
  { name: "f", body: "f" },
] as const;

test("an image's layers are one tree, with what upper ones remove and replace", async () => {
  const layers = [
    await aLayer(...BELOW),
    await aLayer(
      { name: "d/", type: "directory" },
      { name: "d/.wh..wh..opq" },
      { name: "d/sub/", type: "directory" },
      { name: "d/sub/new", body: "new" },
      { name: ".wh.e" },
      { name: "e/", type: "directory", uid: 7, gid: 8 },
      { name: "e/y", body: "y", mode: 0 },
      { name: ".wh.never-there" },
      { name: "f", type: "symlink", linkname: "/e/y" },
    ),
  ];
  const snapshot = await snapshotFromImage(await aStore(), layers);
  expect(await listingOf({ snapshot, path: "" })).toEqual({
    d: "directory 755",
    "d/sub": "directory 755",
    "d/sub/new": "file 644 new",
    e: "directory 755",
    "e/y": "file 0 y",
    f: "symlink /e/y",
  });
  expect(snapshot.layers[1]?.removed).toEqual(["d/a", "d/sub/old", "e/x"]);
  expect(await stat({ snapshot, path: "" }, "e")).toMatchObject({ owner: { uid: 7, gid: 8 } });
});

test("the same layers are not unpacked again; the same layer on other ground is another one", async () => {
  const store = await aStore();
  const [one, two] = [await aLayer(...BELOW), await aLayer({ name: ".wh.f" })];
  const first = await snapshotFromImage(store, [one, two]);
  await writeFile(one.file, "no longer readable as a tar");
  expect(await snapshotFromImage(store, [one, two])).toEqual(first);
  expect((await snapshotFromImage(store, [two])).layers[0]?.id).not.toBe(first.layers[1]?.id);
});

test("a layer that is not what the image's config says is refused, and no layer is made", async () => {
  const store = await aStore();
  const layer = await aLayer(...BELOW);
  const wrong = `sha256:${"0".repeat(64)}`;
  await expect(snapshotFromImage(store, [{ ...layer, diffId: wrong }])).rejects.toMatchObject({
    problems: [
      { code: "DIGEST_MISMATCH", says: `the layer holds ${layer.diffId}, the image's config says ${wrong}` },
    ],
  });
  expect(await listingOf({ snapshot: await snapshotFromImage(store, [layer]), path: "d" })).toMatchObject({
    a: "file 644 a",
  });
});

test("a snapshot packed and unpacked in another store is the same tree", async () => {
  const store = await aStore();
  const base = await withNewFile(store, EMPTY_DIRECTORY, "d/a", "a", { owner: { uid: 1, gid: 2 } });
  const more = await withNewFile(store, base, "d/b", "b", { permissions: 0o400 });
  const made = await without(store, more, "d/a");
  const packed = await Promise.all(made.snapshot.layers.map((layer) => packedLayer(store, layer)));
  expect(await packedLayer(store, made.snapshot.layers[0] ?? raise())).toEqual(packed[0]);

  const again = await snapshotFromImage(await aStore(), packed);
  expect(await listingOf({ snapshot: again, path: "" })).toEqual({ d: "directory 755", "d/b": "file 400 b" });
  expect(again.layers.map(({ removed, owners }) => ({ removed, owners }))).toEqual(
    made.snapshot.layers.map(({ removed, owners }) => ({ removed, owners })),
  );
});

function raise(): never {
  throw new Error("there is no layer");
}

import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type LayerContent, packLayer } from "../../../src/machine/oci/pack-layer.ts";
import { unpackLayer } from "../../../src/machine/oci/unpack-layer.ts";
import { aFolder } from "./a-folder.ts";

const PLAIN = { removed: [], modes: {}, owners: {} };

async function contentOf(folder: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const mode = ((await lstat(join(folder, path))).mode & 0o7777).toString(8);
    if (entry.isDirectory())
      Object.assign(found, { [path]: `directory ${mode}` }, await contentOf(folder, path));
    else if (entry.isSymbolicLink()) found[path] = `symlink ${await readlink(join(folder, path))}`;
    else found[path] = `file ${mode} ${await readFile(join(folder, path), "utf8")}`;
  }
  return found;
}

// Long names go through the extensions of the tar format.
const name = fc.oneof(
  fc.constantFrom("a", "b", "ü", "c d"),
  fc.constant("x".repeat(120)),
  fc.constant("y".repeat(200)),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const file = fc.record({
  path,
  content: fc.string({ maxLength: 2000 }),
  mode: fc.constantFrom(0o644, 0o755, 0o4711),
});

test("a layer comes back from its tar as it was", async () => {
  const property = fc.asyncProperty(
    fc.uniqueArray(file, { selector: (entry) => entry.path, maxLength: 12 }),
    fc.array(path, { maxLength: 3 }),
    async (files, links) => {
      const folder = await aFolder();
      for (const entry of files) {
        const place = join(folder, entry.path);
        await mkdir(dirname(place), { recursive: true }).catch(() => undefined);
        // A path through another entry's file is left out.
        await writeFile(place, entry.content)
          .then(() => chmod(place, entry.mode))
          .catch(() => undefined);
      }
      for (const link of links) await symlink(`../${link}`, join(folder, link)).catch(() => undefined);

      const packed = await packLayer({ folder, ...PLAIN }, join(await aFolder(), "layer.tar.gz"));
      const again = await aFolder();
      const unpacked = await unpackLayer(createReadStream(packed.file), again);
      expect(await contentOf(again)).toEqual(await contentOf(folder));
      expect(unpacked).toEqual({ ...PLAIN, opaque: [], diffId: packed.diffId });
    },
  );
  await fc.assert(property, { numRuns: 25 });
}, 60_000);

test("the same layer packed elsewhere and at another time is the same file", async () => {
  const packed = await Promise.all(
    ["2020-01-01", "2026-06-06"].map(async (day) => {
      const folder = await aFolder();
      const names = day === "2020-01-01" ? ["b", "a", "d/c"] : ["d/c", "a", "b"];
      await mkdir(join(folder, "d"), { mode: 0o755 });
      for (const name of names) await writeFile(join(folder, name), name, { mode: 0o644 });
      await utimes(join(folder, "d"), new Date(day), new Date(day));
      const result = await packLayer(
        { ...PLAIN, folder, removed: ["gone", "d/gone"] },
        join(folder, "../", `${day}.tgz`),
      );
      const bytes = await readFile(result.file);
      execFileSync("rm", [result.file]);
      return { ...result, file: "", bytes };
    }),
  );
  expect(packed[1]).toEqual(packed[0]);
  // Fixed: another version must not make another layer of the same files.
  expect(packed[0]?.diffId).toBe("sha256:fcef658e5e62e0cb80e507a52824a78caefd78f55fd110bf16f8984014e920a6");
});

test("tar itself reads the layer: sorted, without times and users, removals as whiteouts", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "again"), { mode: 0o755 });
  await writeFile(join(folder, "again/!new"), "new", { mode: 0o644 });
  await writeFile(join(folder, "kept"), "", { mode: 0o644 });
  await writeFile(join(folder, "replaced"), "", { mode: 0o400 });
  const layer: LayerContent = {
    folder,
    removed: ["again", "gone", "replaced", "x/y"],
    modes: { replaced: 0 },
    owners: { kept: { uid: 1000, gid: 3_000_000 } },
  };
  const { file } = await packLayer(layer, join(await aFolder(), "layer.tar.gz"));
  const listed = execFileSync("tar", ["--numeric-owner", "--full-time", "--utc", "-tvzf", file], {
    encoding: "utf8",
  });
  expect(listed.trim().replace(/ +/g, " ").split("\n")).toEqual([
    "-rw------- 0/0 0 1970-01-01 00:00:00 .wh.gone",
    "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 again/",
    "-rw------- 0/0 0 1970-01-01 00:00:00 again/.wh..wh..opq",
    "-rw-r--r-- 0/0 3 1970-01-01 00:00:00 again/!new",
    "-rw-r--r-- 1000/3000000 0 1970-01-01 00:00:00 kept",
    "---------- 0/0 0 1970-01-01 00:00:00 replaced",
    "-rw------- 0/0 0 1970-01-01 00:00:00 x/.wh.y",
  ]);
  const unpacked = await unpackLayer(createReadStream(file), await aFolder());
  expect(unpacked).toMatchObject({
    removed: ["gone", "x/y"],
    opaque: ["again"],
    modes: { replaced: 0 },
    owners: { kept: { uid: 1000, gid: 3_000_000 } },
  });
});

test("a layer is the same plain, with gzip and with zstd", async () => {
  const folder = await aFolder();
  await writeFile(join(folder, "a"), "a", { mode: 0o644 });
  const packed = await packLayer({ folder, ...PLAIN }, join(await aFolder(), "layer.tar.gz"));
  const tar = gunzipSync(await buffer(createReadStream(packed.file)));
  for (const bytes of [tar, zstdCompressSync(tar)]) {
    const again = await aFolder();
    expect((await unpackLayer(Readable.from([bytes]), again)).diffId).toBe(packed.diffId);
    expect(await contentOf(again)).toEqual({ a: "file 644 a" });
  }
});

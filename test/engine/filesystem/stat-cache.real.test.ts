import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importDirectory } from "../../../src/engine/filesystem/host-import.ts";
import { openLayerStore } from "../../../src/engine/filesystem/layer-store.ts";
import { aFolder, aStore } from "./a-store.ts";

test("an unchanged file is not read again, also by another process", async () => {
  const [store, folder] = [await aStore(), await aFolder()];
  await writeFile(join(folder, "a"), "content");
  await aged(join(folder, "a"));
  const first = await importDirectory(store, folder);
  expect(await importDirectory(await openLayerStore(store.folder), folder)).toEqual(first);

  // What is remembered is believed: with another digest in the memory the import answers another one.
  const [memory = ""] = await readdir(join(store.folder, "host"));
  const seen = await readFile(join(store.folder, "host", memory), "utf8");
  await writeFile(join(store.folder, "host", memory), seen.replace(/sha256:[0-9a-f]{4}/, "sha256:0000"));
  expect((await importDirectory(store, folder)).digest).not.toBe(first.digest);
});

test("changed files are copied, unchanged ones taken from the earlier layer", async () => {
  const [store, folder] = [await aStore(), await aFolder()];
  await writeFile(join(folder, "kept"), "kept");
  await writeFile(join(folder, "changed"), "before");
  await aged(join(folder, "kept"));
  const first = await importDirectory(store, folder);
  await writeFile(join(folder, "changed"), "after");
  const second = await importDirectory(store, folder);

  const place = (found: typeof first, name: string) =>
    join(found.directory.snapshot.layers[0]?.folder ?? "", name);
  const inode = async (path: string) => (await stat(path)).ino;
  expect(await inode(place(second, "kept"))).toBe(await inode(place(first, "kept")));
  expect(await readFile(place(second, "changed"), "utf8")).toBe("after");
  expect(await readFile(place(first, "changed"), "utf8")).toBe("before");
});

/** Waits until a file is old enough for its times to be trusted: two seconds, the coarsest step of a file system. */
async function aged(file: string): Promise<void> {
  await expect
    .poll(async () => Date.now() - (await stat(file)).ctimeMs, { timeout: 10_000 })
    .toBeGreaterThan(2100);
}

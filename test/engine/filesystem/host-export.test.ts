import { mkdir, readFile, readdir, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportDirectory, exportFile } from "../../../src/engine/filesystem/host-export.ts";
import { fileAt } from "../../../src/engine/filesystem/read.ts";
import { EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { withNewDirectory } from "../../../src/engine/filesystem/with-new-directory.ts";
import { withSymlink } from "../../../src/engine/filesystem/with-symlink.ts";
import { aFolder, aStore } from "./a-store.ts";
import { hostListing } from "./listing.ts";

async function aTree() {
  const store = await aStore();
  const withFile = await withNewFile(store, EMPTY_DIRECTORY, "sub/a", "new", { permissions: 0o755 });
  const withClosed = await withNewDirectory(store, withFile, "closed", { permissions: 0o500 });
  const inClosed = await withNewFile(store, withClosed, "closed/b", "b", { permissions: 0o400 });
  return withSymlink(store, inClosed, "link", "sub/a");
}

const WRITTEN = {
  closed: "directory 500",
  "closed/b": "file 400 b",
  link: "symlink sub/a",
  sub: "directory 755",
  "sub/a": "file 755 new",
};

test("makes the folder and its parents, and merges with what is there", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "x/y/sub"), { recursive: true });
  await writeFile(join(folder, "x/y/sub/a"), "old");
  await writeFile(join(folder, "x/y/mine"), "mine", { mode: 0o600 });

  expect(await exportDirectory(await aTree(), join(folder, "x/y"))).toBe(join(folder, "x/y"));
  expect(await hostListing(join(folder, "x/y"))).toEqual({ ...WRITTEN, mine: "file 600 mine" });
});

test("wipe leaves exactly the directory, and twice is the same as once", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "old/deep"), { recursive: true });
  await mkdir(join(folder, "link"));
  await writeFile(join(folder, "sub"), "a file where a folder goes");

  const tree = await aTree();
  await exportDirectory(tree, folder, { wipe: true });
  await exportDirectory(tree, folder, { wipe: true });
  expect(await hostListing(folder)).toEqual(WRITTEN);
});

test("never writes through a symlink that lies in the target", async () => {
  const [folder, outside] = [await aFolder(), await aFolder()];
  await writeFile(join(outside, "a"), "outside");
  await symlink(outside, join(folder, "sub"));

  await exportDirectory(await aTree(), folder, { wipe: true });
  expect(await hostListing(outside)).toEqual({ a: "file 644 outside" });
  expect(await hostListing(folder)).toEqual(WRITTEN);
});

test("a folder in a file's way is a problem that names it, and leaves no temporary file", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "link/full"), { recursive: true });
  await expect(exportDirectory(await aTree(), folder)).rejects.toMatchObject({
    problems: [{ code: "EXPORT_FAILED", at: folder }],
  });
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("writes one file, with its parents, over what is there", async () => {
  const folder = await aFolder();
  const file = await fileAt(await aTree(), "link");
  const place = join(folder, "p/q/r");
  expect(await exportFile(file, place)).toBe(place);
  await writeFile(place, "changed meanwhile");
  await exportFile(file, place);
  expect(await hostListing(join(folder, "p/q"))).toEqual({ r: "file 755 new" });
});

test("replaces a symlink at the file's place instead of writing where it points", async () => {
  const folder = await aFolder();
  await writeFile(join(folder, "real"), "real");
  await symlink("real", join(folder, "place"));
  await exportFile(await fileAt(await aTree(), "sub/a"), join(folder, "place"));
  expect(await readFile(join(folder, "real"), "utf8")).toBe("real");
  await expect(readlink(join(folder, "place"))).rejects.toThrow("EINVAL");
});

test("a folder as the place of a file needs to be allowed", async () => {
  const folder = await aFolder();
  const file = await fileAt(await aTree(), "sub/a");
  await expect(exportFile(file, folder)).rejects.toMatchObject({
    problems: [{ code: "EXPORT_FAILED", says: "this is a directory; name the file in it" }],
  });
  expect(await exportFile(file, folder, { allowParentDirPath: true })).toBe(join(folder, "a"));
  expect(await hostListing(folder)).toEqual({ a: "file 755 new" });
});

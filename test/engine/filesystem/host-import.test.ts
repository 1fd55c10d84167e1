import { chmod, mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestDirectory, digestFile } from "../../../src/engine/filesystem/digest.ts";
import { importDirectory, importFile } from "../../../src/engine/filesystem/host-import.ts";
import { openLayerStore } from "../../../src/engine/filesystem/layer-store.ts";
import { aFolder, aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

const LONG_AGO = new Date("2020-01-01T00:00:00Z");

test("keeps symlinks, settles modes, and answers the digest of what it made", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "bin"), { mode: 0o700 });
  await writeFile(join(folder, "bin/run"), "#!/bin/sh\n", { mode: 0o700 });
  await writeFile(join(folder, "secret"), "x", { mode: 0o600 });
  await symlink("/etc/passwd", join(folder, "out"));

  const { directory, digest } = await importDirectory(await aStore(), folder);
  expect(await listingOf(directory)).toEqual({
    bin: "directory 755",
    "bin/run": "file 755 #!/bin/sh\n",
    out: "symlink /etc/passwd",
    secret: "file 644 x",
  });
  expect(digest).toBe(await digestDirectory(directory));
});

test("the same content gives the same digest and layer, in another folder and at another time", async () => {
  const store = await aStore();
  const [first, second] = [await aFolder(), await aFolder()];
  for (const folder of [first, second]) await writeFile(join(folder, "a"), "same");
  await utimes(join(second, "a"), LONG_AGO, LONG_AGO);

  expect(await importDirectory(store, second)).toEqual(await importDirectory(store, first));
});

test.each([
  ["content", (file: string) => writeFile(file, "changed")],
  ["executable bit", (file: string) => chmod(file, 0o755)],
  ["name", (file: string) => rename(file, `${file}2`)],
])("another %s gives another digest", async (_what, change) => {
  const [store, folder] = [await aStore(), await aFolder()];
  await writeFile(join(folder, "a"), "content");
  const before = await importDirectory(store, folder);
  await change(join(folder, "a"));
  expect((await importDirectory(store, folder)).digest).not.toBe(before.digest);
});

test("a change that keeps size and times is seen, also right after an import", async () => {
  const [store, folder] = [await aStore(), await aFolder()];
  const file = join(folder, "a");
  for (const content of ["one", "two", "six"]) {
    await writeFile(file, content);
    await utimes(file, LONG_AGO, LONG_AGO);
    const { directory } = await importDirectory(store, folder);
    expect(await listingOf(directory)).toEqual({ a: `file 644 ${content}` });
  }
});

test("never shares a file with the folder it came from", async () => {
  const [store, folder] = [await aStore(), await aFolder()];
  await writeFile(join(folder, "a"), "before");
  const { directory } = await importDirectory(store, folder);
  await writeFile(join(folder, "a"), "after");
  expect(await listingOf(directory)).toEqual({ a: "file 644 before" });
});

test("leaves its own store out when that lies in the folder", async () => {
  const folder = await aFolder();
  await writeFile(join(folder, "a"), "");
  const store = await openLayerStore(join(folder, "cache"));
  expect(await listingOf((await importDirectory(store, folder)).directory)).toEqual({ a: "file 644 " });
});

test("imports one file under its name", async () => {
  const [store, folder] = [await aStore(), await aFolder()];
  await writeFile(join(folder, "real"), "content");
  await symlink("real", join(folder, "link"));
  const { file } = await importFile(store, join(folder, "link"));
  expect(file.path).toBe("link");
  expect(await digestFile(file, { excludeMetadata: true })).toBe(
    "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
  );
});

test.each([
  ["a folder that is not there", "nowhere", "HOST_PATH_UNREADABLE"],
  ["a file", "file", "NO_SUCH_DIRECTORY"],
])("refuses %s", async (_what, name, code) => {
  const folder = await aFolder();
  await writeFile(join(folder, "file"), "");
  await expect(importDirectory(await aStore(), join(folder, name))).rejects.toMatchObject({
    problems: [{ code, at: join(folder, name) }],
  });
});

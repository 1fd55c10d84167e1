import { lstat, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyOnce } from "../../../src/machine/postgres/copy-once.ts";
import { addMissingLinks } from "../../../src/machine/postgres/npm-package.ts";

let home: string;
let native: string;
let copy: string | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "slipway-copy-"));
  native = join(home, "native");
  await mkdir(join(native, "lib"), { recursive: true });
  await writeFile(join(native, "lib", "libfoo.so.1.2"), "library");
  const link = { source: "native/lib/libfoo.so.1.2", target: "native/lib/libfoo.so.1" };
  await writeFile(join(native, "pg-symlinks.json"), JSON.stringify([link]));
  vi.stubEnv("XDG_CACHE_HOME", join(home, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
  if (copy !== undefined) await rm(copy, { recursive: true, force: true });
});

const name = `test-copy-${process.pid}`;

test("makes the links that the package lists, and leaves those that are there", async () => {
  addMissingLinks(native);
  addMissingLinks(native);

  expect(await readlink(join(native, "lib", "libfoo.so.1"))).toBe("libfoo.so.1.2");
});

test("copies once, with the links, where other users may read", async () => {
  copy = copyOnce(native, name, addMissingLinks);
  await writeFile(join(native, "lib", "libfoo.so.1.2"), "changed later");

  expect(copyOnce(native, name, addMissingLinks)).toBe(copy);
  expect(await readFile(join(copy, "lib", "libfoo.so.1"), "utf8")).toBe("library");
  expect((await lstat(copy)).mode & 0o005).toBe(0o005);
  await expect(lstat(join(native, "lib", "libfoo.so.1"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("leaves nothing when the copy fails", () => {
  expect(() =>
    copyOnce(native, name, () => {
      throw new Error("no link today");
    }),
  ).toThrow("no link today");
  copy = copyOnce(native, name, addMissingLinks);
  expect(copy).toContain(name);
});

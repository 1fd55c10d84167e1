import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findInRoot } from "../../../src/machine/sandbox/root-view.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-view-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), "");
}

const find = (path: string, layers = ["one", "two"]) =>
  findInRoot(
    layers.map((layer) => join(folder, layer)),
    new Map(),
    path,
  );

test("finds files and directories in any layer, and what is missing", () => {
  file("one/a/low");
  file("two/a/high");

  expect(find("/a/low")).toEqual({ path: "/a/low", kind: "file", hidden: false });
  expect(find("/a")).toEqual({ path: "/a", kind: "directory", hidden: false });
  expect(find("/a/none/deep")).toEqual({ path: "/a/none/deep", kind: "missing", hidden: false });
});

test("follows symlinks inside the root, absolute and relative, across layers", () => {
  file("one/real/x");
  mkdirSync(join(folder, "two/dir"), { recursive: true });
  symlinkSync("/real", join(folder, "two/dir/absolute"));
  symlinkSync("../../../real", join(folder, "two/dir/relative"));

  expect(find("/dir/absolute/x").path).toBe("/real/x");
  expect(find("/dir/relative/x")).toEqual({ path: "/real/x", kind: "file", hidden: false });
  expect(find("/dir/absolute/../../../etc").path).toBe("/etc");
});

test("a whiteout hides what lower layers have, for good", () => {
  file("one/gone/x");
  mkdirSync(join(folder, "two"), { recursive: true });
  execFileSync("mknod", [join(folder, "two/gone"), "c", "0", "0"]);

  expect(find("/gone/x")).toEqual({ path: "/gone/x", kind: "missing", hidden: true });
});

test("a file over a directory, and a directory over a file, are what the upper one says", () => {
  file("one/a/x");
  file("two/a");
  file("one/b");
  file("two/b/y");

  expect(find("/a").kind).toBe("file");
  expect(find("/b/y").kind).toBe("file");
  expect(find("/b/none")).toEqual({ path: "/b/none", kind: "missing", hidden: true });
});

test("a bind covers the root, and what lies in it is said to", () => {
  file("one/data/old");
  file("volume/new");
  const shown = new Map([["/data", { source: join(folder, "volume"), writable: true }]]);
  const layers = [join(folder, "one")];
  const bind = { source: join(folder, "volume"), shown: "/data", writable: true };

  expect(findInRoot(layers, shown, "/data/new")).toEqual({
    path: "/data/new",
    kind: "file",
    hidden: false,
    bind,
  });
  expect(findInRoot(layers, shown, "/data/old")).toMatchObject({ kind: "missing", bind });
});

test("a loop of symlinks is refused", () => {
  mkdirSync(join(folder, "one"), { recursive: true });
  symlinkSync("/loop", join(folder, "one/loop"));

  expect(() => find("/loop/x")).toThrow("/loop/x is a loop of symlinks");
});

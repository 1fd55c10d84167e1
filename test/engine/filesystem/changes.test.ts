import { expect, test } from "vitest";
import { diff } from "../../../src/engine/filesystem/diff.ts";
import { entries, fileAt, glob, readFile, stat } from "../../../src/engine/filesystem/read.ts";
import { type Directory, EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withDirectory } from "../../../src/engine/filesystem/with-directory.ts";
import { withFile, withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { withNewDirectory } from "../../../src/engine/filesystem/with-new-directory.ts";
import { withSymlink } from "../../../src/engine/filesystem/with-symlink.ts";
import { without } from "../../../src/engine/filesystem/without.ts";
import type { LayerStore } from "../../../src/engine/filesystem/layer-store.ts";
import { aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

async function aTree(store: LayerStore, files: Record<string, string>): Promise<Directory> {
  let directory: Directory = EMPTY_DIRECTORY;
  for (const [path, content] of Object.entries(files))
    directory = await withNewFile(store, directory, path, content);
  return directory;
}

test("withDirectory merges, and what it brings replaces what is there", async () => {
  const store = await aStore();
  const target = await aTree(store, { "app/a": "old", "app/kept": "kept", "app/was-file": "file" });
  const source = await aTree(store, { a: "new", "was-file/b": "b" });
  expect(await listingOf(await withDirectory(store, target, "/app", source))).toEqual({
    app: "directory 755",
    "app/a": "file 644 new",
    "app/kept": "file 644 kept",
    "app/was-file": "directory 755",
    "app/was-file/b": "file 644 b",
  });
});

test("withDirectory gives permissions and an owner to all it copies, and leaves the source as it was", async () => {
  const store = await aStore();
  const source = await aTree(store, { "d/a": "a" });
  const owner = { uid: 1000, gid: 1001 };
  const made = await withDirectory(store, EMPTY_DIRECTORY, "x", source, { permissions: 0o700, owner });
  expect(await stat(made, "x/d/a")).toEqual({ kind: "file", mode: 0o700, owner, size: 1 });
  expect(await stat(made, "x/d")).toEqual({ kind: "directory", mode: 0o700, owner });
  expect(await stat(source, "d/a")).toEqual({
    kind: "file",
    mode: 0o644,
    owner: { uid: 0, gid: 0 },
    size: 1,
  });
});

test("a directory put whole into nothing is itself, without a new layer", async () => {
  const store = await aStore();
  const source = await aTree(store, { a: "" });
  expect(await withDirectory(store, EMPTY_DIRECTORY, "/", source)).toEqual(source);
});

test("a directory inside a snapshot is copied without its path", async () => {
  const store = await aStore();
  const source = await aTree(store, { "in/a": "a", "out/b": "b" });
  const made = await withDirectory(store, EMPTY_DIRECTORY, "", { ...source, path: "in" });
  expect(await listingOf(made)).toEqual({ a: "file 644 a" });
});

test("the same change in another process is the same layer", async () => {
  const store = await aStore();
  const once = await withNewFile(store, EMPTY_DIRECTORY, "a", "content");
  const other = { ...store, known: new Map() };
  expect(await withNewFile(other, EMPTY_DIRECTORY, "a", "content")).toEqual(once);
  expect(await withNewFile(other, EMPTY_DIRECTORY, "a", "other")).not.toEqual(once);
});

test("withFile goes into an existing directory under its own name, else to the path", async () => {
  const store = await aStore();
  const source = await aTree(store, { "from/tool.sh": "run" });
  const file = await fileAt(source, "from/tool.sh");
  const target = await withNewDirectory(store, EMPTY_DIRECTORY, "bin");
  const inside = await withFile(store, target, "bin", file, { permissions: 0o755 });
  expect(await listingOf(await withFile(store, inside, "opt/x", file))).toEqual({
    bin: "directory 755",
    "bin/tool.sh": "file 755 run",
    opt: "directory 755",
    "opt/x": "file 644 run",
  });
});

test("symlinks on the way are followed inside the root, never out of it", async () => {
  const store = await aStore();
  const base = await aTree(store, { "usr/bin/sh": "sh" });
  const links = await withSymlink(store, base, "bin", "/usr/bin");
  const deep = await withSymlink(store, links, "opt/deep", "/usr/bin");
  const escaping = await withSymlink(store, deep, "up", "../../../../usr");
  const made = await withNewFile(store, escaping, "bin/new", "new");
  expect(await readFile(await fileAt(made, "/usr/bin/new"))).toEqual(Buffer.from("new"));
  expect(await readFile(await fileAt(made, "opt/deep/new"))).toEqual(Buffer.from("new"));
  expect(await readFile(await fileAt(made, "up/bin/../../bin/sh"))).toEqual(Buffer.from("sh"));
  expect(await stat(made, "bin", { followLast: false })).toMatchObject({
    kind: "symlink",
    target: "/usr/bin",
  });
  expect(await entries(made)).toEqual(["bin", "opt/", "up", "usr/"]);
});

test("a path with dots stays below the directory it is asked of", async () => {
  const store = await aStore();
  const tree = await aTree(store, { "in/a": "a", secret: "no" });
  await expect(fileAt({ ...tree, path: "in" }, "../secret")).rejects.toMatchObject({
    problems: [{ code: "NO_SUCH_FILE", at: "in/secret" }],
  });
});

test("symlinks in a circle are a problem, not a hang", async () => {
  const store = await aStore();
  const one = await withSymlink(store, EMPTY_DIRECTORY, "a", "b");
  const both = await withSymlink(store, one, "b", "a");
  await expect(stat(both, "a/x")).rejects.toMatchObject({ problems: [{ code: "SYMLINK_LOOP" }] });
});

test("without removes a folder with all below, a symlink but not its target, and patterns", async () => {
  const store = await aStore();
  const base = await aTree(store, { "d/x": "", "keep/a.log": "", "keep/b.txt": "", "c.log": "" });
  const tree = await withSymlink(store, base, "link", "keep");
  const less = await without(store, await without(store, tree, "d"), "link");
  expect(Object.keys(await listingOf(await without(store, less, "**/*.log")))).toEqual([
    "keep",
    "keep/b.txt",
  ]);
  expect(await without(store, tree, "nothing/here")).toBe(tree);
});

test("what is removed and made again shows nothing of before", async () => {
  const store = await aStore();
  const gone = await without(store, await aTree(store, { "d/old": "", "d/e/old": "" }), "d");
  expect(Object.keys(await listingOf(await withNewFile(store, gone, "d/e/new", "")))).toEqual([
    "d",
    "d/e",
    "d/e/new",
  ]);
});

test("diff shows what was added or changed, not what stayed or went", async () => {
  const store = await aStore();
  const before = await aTree(store, { "a/same": "same", "a/changed": "1", "gone/x": "", "b/mode": "m" });
  const changed = await withNewFile(store, before, "a/changed", "2");
  const added = await withNewFile(store, changed, "c/d/new", "n");
  const rewritten = await withNewFile(store, added, "a/same", "same");
  const mode = await withNewFile(store, rewritten, "b/mode", "m", { permissions: 0o755 });
  expect(await listingOf(await diff(store, before, await without(store, mode, "gone")))).toEqual({
    a: "directory 755",
    "a/changed": "file 644 2",
    b: "directory 755",
    "b/mode": "file 755 m",
    c: "directory 755",
    "c/d": "directory 755",
    "c/d/new": "file 644 n",
  });
});

test("glob answers matching paths, directories with a slash", async () => {
  const store = await aStore();
  const tree = await aTree(store, { "src/a.ts": "", "src/sub/b.ts": "", "src/sub.ts/c": "", "x.ts": "" });
  expect(await glob(tree, "**/*.ts")).toEqual(["src/a.ts", "src/sub/b.ts", "src/sub.ts/", "x.ts"]);
  expect(await glob(tree, "src/*")).toEqual(["src/a.ts", "src/sub/", "src/sub.ts/"]);
  expect(await glob({ ...tree, path: "src" }, "sub/**")).toEqual(["sub/b.ts"]);
  expect(await glob(EMPTY_DIRECTORY, "**")).toEqual([]);
});

test.each([
  ["a file over a directory", (store: LayerStore, tree: Directory) => withNewFile(store, tree, "d", "")],
  ["a file at the root", (store: LayerStore, tree: Directory) => withNewFile(store, tree, "/", "")],
  [
    "a directory through a file",
    (store: LayerStore, tree: Directory) => withNewDirectory(store, tree, "d/f/x"),
  ],
  [
    "a directory over a file",
    (store: LayerStore, tree: Directory) => withDirectory(store, tree, "d/f", tree),
  ],
  ["a symlink over a file", (store: LayerStore, tree: Directory) => withSymlink(store, tree, "d/f", "x")],
])("refuses %s", async (_what, change) => {
  const store = await aStore();
  await expect(change(store, await aTree(store, { "d/f": "" }))).rejects.toMatchObject({ exit: "usage" });
});

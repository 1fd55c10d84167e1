import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { importDirectory } from "../../../src/engine/filesystem/host-import.ts";
import type { Filter } from "../../../src/engine/filesystem/types.ts";
import { filtered } from "../../../src/engine/filesystem/with-directory.ts";
import { aFolder, aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

const PROJECT = {
  ".gitignore": "*.log\n/dist\nnode_modules/\n!keep.log\n",
  "README.md": "",
  "a.log": "",
  "keep.log": "",
  "dist/out.js": "",
  "node_modules/x/index.js": "",
  "src/.gitignore": "!debug.log\n/generated\n",
  "src/debug.log": "",
  "src/deep/error.log": "",
  "src/dist/in.js": "",
  "src/generated/g.ts": "",
  "src/main.ts": "",
  "src/NODE_MODULES/upper.js": "",
};

async function aProject(files: Record<string, string> = PROJECT): Promise<string> {
  const folder = await aFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

async function chosen(folder: string, filter: Filter): Promise<string[]> {
  const store = await aStore();
  const imported = Object.keys(await listingOf((await importDirectory(store, folder, filter)).directory));
  const all = await importDirectory(store, folder);
  const ofSnapshot = Object.keys(await listingOf(await filtered(store, all.directory, filter)));
  // A snapshot and a folder of the machine are filtered alike.
  expect(ofSnapshot).toEqual(imported);
  return imported;
}

test("without a filter everything is taken", async () => {
  const paths = await chosen(await aProject(), {});
  expect(paths.filter((path) => path in PROJECT)).toEqual(Object.keys(PROJECT).sort());
});

test("include takes only what matches, with the folders on the way", async () => {
  expect(await chosen(await aProject(), { include: ["src/*.ts", "README.md"] })).toEqual([
    "README.md",
    "src",
    "src/main.ts",
  ]);
});

test("exclude leaves out folders with all below, and wins over include", async () => {
  const filter = { include: ["src"], exclude: ["src/dist", "**/*.log", "src/generated"] };
  expect(await chosen(await aProject(), filter)).toEqual([
    "src",
    "src/.gitignore",
    "src/NODE_MODULES",
    "src/NODE_MODULES/upper.js",
    "src/deep",
    "src/main.ts",
  ]);
});

test("an exclude that takes back brings the file and its folders, nothing else", async () => {
  expect(await chosen(await aProject(), { exclude: ["*", "!src/deep/error.log"] })).toEqual([
    "src",
    "src/deep",
    "src/deep/error.log",
  ]);
});

test("gitignore leaves out exactly what git leaves out", async () => {
  const folder = await aProject();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  git("init", "-q");
  const tracked = git("-c", "core.quotepath=off", "ls-files", "-co", "--exclude-standard").trim().split("\n");

  const paths = await chosen(folder, { gitignore: true, exclude: [".git"] });
  expect(paths.filter((path) => path in PROJECT)).toEqual(tracked.sort());
});

test("gitignore counts the rules of the repository around the folder", async () => {
  const folder = await aProject({ ...PROJECT, ".git/HEAD": "ref: refs/heads/main\n" });
  const store = await aStore();
  const { directory } = await importDirectory(store, join(folder, "src"), { gitignore: true });
  expect(Object.keys(await listingOf(directory))).toEqual([
    ".gitignore",
    "NODE_MODULES",
    "NODE_MODULES/upper.js",
    "debug.log",
    "deep",
    "dist",
    "dist/in.js",
    "main.ts",
  ]);
});

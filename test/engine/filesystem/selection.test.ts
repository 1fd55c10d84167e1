import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { importDirectory } from "../../../src/engine/filesystem/host-import.ts";
import { compilePatterns } from "../../../src/engine/filesystem/patterns.ts";
import { type Source, select } from "../../../src/engine/filesystem/selection.ts";
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

/** Every name of `NAMES` as a folder, three levels deep; `entered` receives what was listed. */
function aForest(entered: string[] = []): Source<string> {
  return {
    list: async (directory) => {
      entered.push(directory);
      const deep = directory === "" ? 0 : directory.split("/").length;
      return NAMES.map((name) => ({
        name,
        kind: deep === 2 ? "file" : "directory",
        ref: directory === "" ? name : `${directory}/${name}`,
      }));
    },
    read: async () => "",
  };
}

const NAMES = ["a", "b", "c"];

test("an excluded folder is not entered when nothing in it is taken back", async () => {
  const entered: string[] = [];
  await select(aForest(entered), "", { exclude: ["*", "!a", "!b/a/b", "a/c"] });
  expect(entered).toEqual(["", "a", "a/a", "a/b", "b", "b/a"]);
});

test("not entering folders changes nothing of what an exclude leaves", async () => {
  const name = fc.constantFrom(...NAMES, "*", "**", "?");
  const pattern = fc
    .tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 3 }))
    .map(([negated, names]) => `${negated ? "!" : ""}${names.join("/")}`);
  await fc.assert(
    fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 5 }), async (exclude) => {
      const found = await select(aForest(), "", { exclude });
      const files = found.filter(({ kind }) => kind === "file").map(({ path }) => path);
      const patterns = compilePatterns(exclude);
      const all = NAMES.flatMap((x) => NAMES.flatMap((y) => NAMES.map((z) => [x, y, z] as const)));
      const left = all.filter(([x, y, z]) => {
        const inside = patterns.matches(`${x}/${y}`, patterns.matches(x, undefined));
        return !patterns.matches(`${x}/${y}/${z}`, inside).taken;
      });
      expect(files).toEqual(left.map((names) => names.join("/")));
    }),
  );
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

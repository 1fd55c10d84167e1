import { dag } from "@dagger.io/dagger";
import { expect, test } from "vitest";
import { readStamp } from "../../dagger/src/stamp.ts";
import { captureQueries } from "./capture.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";

/** An engine that knows one directory with these files. */
function withFiles(files: Readonly<Record<string, string>>): void {
  captureQueries((query) => {
    const path = /\((?:pattern|path): "(.*?)"\)/.exec(query)?.[1] ?? "";
    const contents = files[path];
    return query.includes("glob") ? (contents === undefined ? [] : [path]) : contents;
  });
}

const manifest = { "package.json": '{"version":"1.2.3"}' };

test.each([
  [
    "a branch",
    { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${commit}\n` },
    { branch: "main" },
  ],
  [
    "a packed branch",
    { ".git/HEAD": "ref: refs/heads/a/b\n", ".git/packed-refs": `# pack-refs\n${commit} refs/heads/a/b\n` },
    { branch: "a/b" },
  ],
  ["a commit without a branch", { ".git/HEAD": `${commit}\n` }, {}],
])("commit and branch are those checked out: %s", async (_, git, branch) => {
  withFiles({ ...manifest, ...git });

  expect(await readStamp(dag.directory())).toEqual({ version: "1.2.3", commit, ...branch });
});

test("who wrote it is told only when somebody says so", async () => {
  withFiles(manifest);

  expect(await readStamp(dag.directory(), undefined, commit, "main", "git:person-a@example.com")).toEqual({
    version: "1.2.3",
    commit,
    branch: "main",
    author: "git:person-a@example.com",
  });
});

test.each([
  ["--branch", "a branch", undefined],
  ["--branch", "a\u001b[2Jb", undefined],
  ["--author", undefined, "somebody"],
  ["--author", undefined, "git:a\nb"],
])("refused: a hostile %s", async (flag, branch, author) => {
  withFiles(manifest);

  await expect(readStamp(dag.directory(), undefined, commit, branch, author)).rejects.toThrow(
    `${flag} must be`,
  );
});

test("what is given counts more than what is there", async () => {
  withFiles({});

  expect(await readStamp(dag.directory(), "9.9.9", commit)).toEqual({ version: "9.9.9", commit });
});

test.each([
  ["no .git folder", manifest, undefined, "give --commit=$(git rev-parse HEAD)"],
  [
    "a branch without commits",
    { ...manifest, ".git/HEAD": "ref: refs/heads/main" },
    undefined,
    "give --commit=",
  ],
  ["a short commit", manifest, "0123456", 'must be a full commit hash, got "0123456"'],
  ["no version", { "package.json": "{}" }, commit, "give one with --version"],
  ["no package.json", {}, commit, "give one with --version"],
])("refused: %s", async (_, files, given, says) => {
  withFiles(files);

  await expect(readStamp(dag.directory(), undefined, given)).rejects.toThrow(says);
});

import { expect, test } from "vitest";
import { compilePatterns } from "../../../src/engine/filesystem/patterns.ts";

function matches(patterns: readonly string[], path: string): boolean {
  const compiled = compilePatterns(patterns);
  const names = path.split("/");
  let above;
  for (let depth = 1; depth <= names.length; depth++)
    above = compiled.matches(names.slice(0, depth).join("/"), above);
  return above?.taken ?? false;
}

test.each([
  ["a name matches at the top only", ["node_modules"], { node_modules: true, "a/node_modules": false }],
  [
    "a slash at an end changes nothing",
    ["node_modules/", "/dist"],
    { node_modules: true, dist: true, "a/dist": false },
  ],
  ["a matched folder takes all that is below it", ["src"], { "src/a/b.ts": true, srcs: false }],
  [
    "a star stays in one folder, dot files included",
    ["*.md"],
    { "a.md": true, ".md": true, "a/b.md": false },
  ],
  ["a star in the middle is one name", ["a/*/c"], { "a/b/c": true, "a/b/b/c": false }],
  ["two stars cross folders, none included", ["**/*.ts"], { "a.ts": true, "a/b/c.ts": true, "a.js": false }],
  ["two stars at the end are all below, not the folder", ["a/**"], { "a/b": true, a: false, ab: false }],
  ["two stars in the middle may be nothing", ["a/**/c"], { "a/c": true, "a/b/b/c": true, ac: false }],
  ["two stars and literals are a suffix", ["**.log"], { "x.log": true, "a/x.log": true }],
  ["a question mark is one character but no slash", ["a?c"], { abc: true, "a/c": false, ac: false }],
  ["brackets are a set", ["[ab].txt", "[^a-y]"], { "a.txt": true, "c.txt": false, z: true, m: false }],
  [
    "a backslash takes the meaning away",
    [String.raw`\*`, String.raw`\!x`],
    { "*": true, a: false, "!x": true },
  ],
  [
    "characters of regular expressions are plain",
    ["a.b+(c){1}$"],
    { "a.b+(c){1}$": true, "axb+(c){1}$": false },
  ],
  [
    "an exclamation mark takes back what came before",
    ["*.md", "!README.md"],
    { "a.md": true, "README.md": false },
  ],
  ["the last pattern that matches decides", ["*.md", "!README.md", "README*"], { "README.md": true }],
  ["what lies in a matched folder can be taken back", ["a", "!a/keep"], { "a/drop": true, "a/keep": false }],
  ["blanks around and empty patterns do not count", [" a ", "", "  "], { a: true, b: false }],
  ["dots in the way are resolved", ["./a/../b"], { b: true, a: false }],
])("%s", (_name, patterns, expected) => {
  const found = Object.fromEntries(Object.keys(expected).map((path) => [path, matches(patterns, path)]));
  expect(found).toEqual(expected);
});

test("tells which folders may hold something, so that the others need not be entered", () => {
  const patterns = compilePatterns(["src/*/a.ts", "docs/**", "!lib/x"]);
  expect(
    ["src", "src/a", "src/a/b", "docs", "docs/a", "lib", "other"].filter((path) =>
      patterns.mayMatchBelow(path),
    ),
  ).toEqual(["src", "src/a", "docs", "docs/a"]);
});

test("tells which matched folders a pattern takes something back from", () => {
  const patterns = compilePatterns(["*", "!src/*/a.ts", "!docs/**", "lib/x"]);
  expect(
    ["src", "src/a", "src/a/b", "docs", "docs/a", "lib", "other"].filter((path) =>
      patterns.mayTakeBackBelow(path),
    ),
  ).toEqual(["src", "src/a", "docs", "docs/a"]);
});

test("says which pattern cannot be read", () => {
  expect(() => compilePatterns(["ok", "a[b"])).toThrow('pattern: "a[b" is not a pattern');
});

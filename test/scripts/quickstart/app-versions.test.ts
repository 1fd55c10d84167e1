import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addMigration, contentCommit, edit, setVersion } from "../../../scripts/quickstart/app-versions.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-versions-"));
  mkdirSync(join(folder, "migrations"));
  const json = { name: "app", version: "1.0.0", packages: { "": { version: "1.0.0" } } };
  for (const file of ["package.json", "package-lock.json"])
    writeFileSync(join(folder, file), JSON.stringify(json));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a new version is in the manifest and in the lock file", () => {
  setVersion(folder, "2.0.0");

  const expected = { name: "app", version: "2.0.0", packages: { "": { version: "2.0.0" } } };
  for (const file of ["package.json", "package-lock.json"]) {
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toEqual(expected);
  }
});

test("an edit replaces the one place it names and refuses a place that is not there exactly once", () => {
  writeFileSync(join(folder, "a.ts"), "one two two");

  edit(folder, "a.ts", "one", "three");

  expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe("three two two");
  expect(() => edit(folder, "a.ts", "two", "x")).toThrow(
    'expected "two" exactly once in a.ts, found it 2 times',
  );
  expect(() => edit(folder, "a.ts", "gone", "x")).toThrow(
    'expected "gone" exactly once in a.ts, found it 0 times',
  );
});

test("the commit that stands for a copy changes with any file and with nothing else", () => {
  const before = contentCommit(folder);

  expect(before).toMatch(/^[0-9a-f]{40}$/);
  expect(contentCommit(folder)).toBe(before);
  addMigration(folder, "0002_more", "select 1;", "select 2;");
  expect(contentCommit(folder)).not.toBe(before);
});

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newFiles } from "../../../src/adapters/local/new-files.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "slipway-new-"))));
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});
const path = (name: string) => join(folder, name);
const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = (code: string) => ({ problems: [{ code }] });

test("a file is there as a whole, and never over another", async () => {
  await newFiles.file(path("a/b.tar"), bytes("one"));
  expect(readFileSync(path("a/b.tar"), "utf8")).toBe("one");
  await expect(newFiles.file(path("a/b.tar"), bytes("two"))).rejects.toMatchObject(codeOf("FILE_EXISTS"));
  expect([readFileSync(path("a/b.tar"), "utf8"), readdirSync(path("a"))]).toEqual(["one", ["b.tar"]]);
});

test("of two that write one file at once, one wins and the other is told", async () => {
  const told = await Promise.allSettled([
    newFiles.file(path("x"), bytes("1")),
    newFiles.file(path("x"), bytes("2")),
  ]);
  expect(told.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(readdirSync(folder)).toEqual(["x"]);
});

test("a folder has its name only when it is complete", async () => {
  const draft = await newFiles.folder(path("out"));
  draft.open("sub/a.txt").write("thrown away");
  draft.open("sub/a.txt").write("kept");
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.out\./)]);
  await draft.finish();
  await draft.abandon();
  expect([readdirSync(folder), readFileSync(path("out/sub/a.txt"), "utf8")]).toEqual([["out"], "kept"]);
});

test("a folder that is given up leaves nothing behind", async () => {
  const draft = await newFiles.folder(path("out"));
  draft.open("a.txt").write("half of it");
  await draft.abandon();
  expect(readdirSync(folder)).toEqual([]);
});

test("a name that was taken meanwhile is not written over", async () => {
  const draft = await newFiles.folder(path("out"));
  mkdirSync(path("out"));
  await expect(draft.finish()).rejects.toMatchObject(codeOf("FILE_EXISTS"));
  await draft.abandon();
  await expect(newFiles.folder(path("out"))).rejects.toMatchObject(codeOf("FILE_EXISTS"));
});

test("a place that cannot be written is told with the reason", async () => {
  writeFileSync(path("file"), "");
  const refused = {
    problems: [{ code: "FILE_UNWRITABLE", says: "cannot be written: ENOTDIR" }],
    exit: "verifyFailed",
  };
  await expect(newFiles.file(path("file/x"), bytes(""))).rejects.toMatchObject(refused);
  await expect(newFiles.folder(path("file/x"))).rejects.toMatchObject(refused);
});

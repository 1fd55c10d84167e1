import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileAnchor } from "../../../src/adapters/local/file-anchor.ts";
import { aCheckpoint, anchorContract, refusedWith, UNTIL } from "./anchor-contract.ts";

const folderOf = (place: string) => place.replace(/^file:/, "");

anchorContract("a folder", () => {
  const home = mkdtempSync(join(tmpdir(), "slipway-anchor-test-"));
  let made = 0;
  return Promise.resolve({
    fresh: () => Promise.resolve(fileAnchor(join(home, "deep", String(made++)))),
    reopened: (anchor) => fileAnchor(folderOf(anchor.place)),
    close: () => Promise.resolve(rmSync(home, { recursive: true })),
  });
});

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "slipway-anchor-test-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("every checkpoint is one read-only file, and every document one for each of its texts", async () => {
  const anchor = fileAnchor(home);
  await anchor.keep(aCheckpoint({ size: 42 }), UNTIL);
  for (const text of ["one", "two", "two"]) await anchor.putDocument("known-good/production", text, UNTIL);

  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(files.map((one) => join(one.parentPath, one.name).slice(home.length + 1)).sort()).toEqual([
    "checkpoints/slipway~diary/0000000000000042.note",
    "documents/known-good~production/0000000000000001.txt",
    "documents/known-good~production/0000000000000002.txt",
  ]);
  expect(files.map((one) => statSync(join(one.parentPath, one.name)).mode & 0o777)).toEqual([
    0o444, 0o444, 0o444,
  ]);
  expect(readFileSync(join(home, "checkpoints/slipway~diary/0000000000000042.note"), "utf8")).toBe(
    aCheckpoint({ size: 42 }).note,
  );
});

test("no name leads out of the folder", async () => {
  const anchor = fileAnchor(join(home, "anchors"));
  for (const log of ["../../escape", "/etc/escape", "..", "a/../../../escape"]) {
    await anchor.keep(aCheckpoint({ log }), UNTIL);
    await anchor.putDocument(log, "text", UNTIL);
  }
  expect(readdirSync(home)).toEqual(["anchors"]);
  expect(readdirSync(dirname(home)).filter((name) => name.includes("escape"))).toEqual([]);
});

test("what a writer that was killed has left behind is no checkpoint", async () => {
  const anchor = fileAnchor(home);
  await anchor.keep(aCheckpoint(), UNTIL);
  writeFileSync(join(home, "checkpoints/slipway~diary/.half.new"), "half");
  writeFileSync(join(home, "checkpoints/slipway~diary/README"), "hello");
  expect(await anchor.kept("slipway/diary")).toEqual([aCheckpoint()]);
});

test("a note that was exchanged is told, and what is there stays there", async () => {
  const anchor = fileAnchor(home);
  await anchor.keep(aCheckpoint(), UNTIL);
  const file = join(home, "checkpoints/slipway~diary/0000000000000003.note");
  chmodSync(file, 0o644);
  writeFileSync(file, "forged");
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe("ANCHOR_DIFFERS verifyFailed");
  expect(readFileSync(file, "utf8")).toBe("forged");
});

test("a link in the place of a checkpoint is not written through", async () => {
  const anchor = fileAnchor(home);
  const target = join(home, "target");
  mkdirSync(join(home, "checkpoints/slipway~diary"), { recursive: true });
  symlinkSync(target, join(home, "checkpoints/slipway~diary/0000000000000003.note"));
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe("ANCHOR_UNREACHABLE verifyFailed");
  expect(readdirSync(home)).toEqual(["checkpoints"]);
});

test("a file in the place of the folder is told", async () => {
  writeFileSync(join(home, "anchors"), "");
  for (const folder of [join(home, "anchors"), join(home, "anchors", "deeper")]) {
    const keep = fileAnchor(folder).keep(aCheckpoint(), UNTIL);
    expect(await refusedWith(keep)).toBe("ANCHOR_UNREACHABLE verifyFailed");
  }
});

// Root may write anywhere.
test.skipIf(process.getuid?.() === 0)("a folder that may not be written is told", async () => {
  chmodSync(home, 0o555);
  const anchor = fileAnchor(home);
  expect(await refusedWith(anchor.keep(aCheckpoint(), UNTIL))).toBe("ANCHOR_DENIED verifyFailed");
  expect(await refusedWith(anchor.putDocument("d", "text", UNTIL))).toBe("ANCHOR_DENIED verifyFailed");
  chmodSync(home, 0o755);
});

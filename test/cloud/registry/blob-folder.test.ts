import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BlobFolder, digestOf } from "../../../src/cloud/registry/blob-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-blobs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Some bytes, and then an error of the system. */
function brokenOff(code: string): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.from("the first bytes");
      throw Object.assign(new Error(code), { code });
    })(),
  );
}

test.each([
  ["ENOSPC", { status: 507, code: "BLOB_UPLOAD_INVALID", message: "the disk of the local cloud is full" }],
  ["ECONNRESET", { code: "ECONNRESET" }],
])("of an upload that breaks off with %s nothing stays on the disk", async (code, fault) => {
  const blobs = new BlobFolder(folder);
  const id = blobs.startUpload();

  await expect(blobs.take(id, digestOf("whole"), brokenOff(code))).rejects.toMatchObject(fault);

  expect(readdirSync(join(folder, "uploads"))).toEqual([]);
  expect(() => blobs.received(id)).toThrow(`there is no upload ${id}`);
});

test("a chunk that fits no more takes the chunks before it along", async () => {
  const blobs = new BlobFolder(folder);
  const id = blobs.startUpload();
  await blobs.append(id, Readable.from([Buffer.from("a chunk")]));

  await expect(blobs.append(id, brokenOff("ENOSPC"))).rejects.toMatchObject({ status: 507 });

  expect(readdirSync(join(folder, "uploads"))).toEqual([]);
});

test("uploads that nobody finished are gone when the registry starts again", async () => {
  new BlobFolder(folder).startUpload();

  const again = new BlobFolder(folder);

  expect(readdirSync(join(folder, "uploads"))).toEqual([]);
  await again.take(again.startUpload(), digestOf("whole"), Readable.from([Buffer.from("whole")]));
  expect(again.size(digestOf("whole"))).toBe(5);
});

import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { canonicalHash } from "../../../src/adapters/postgres/canonical-hash.ts";
import { unpackCarried } from "../../../src/adapters/postgres/unpack-carried.ts";
import type { CarriedFile } from "../../../src/core/worker/calls.ts";

let home: string;
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), "slipway carried "))));
afterEach(() => rm(home, { recursive: true, force: true }));

function carried(where: CarriedFile["in"], file: string, bytes: string | Buffer): CarriedFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { in: where, file, base64: Buffer.from(bytes).toString("base64"), sha256 };
}

function unpack(...files: readonly CarriedFile[]) {
  const folder = { files, rendered: {} };
  return unpackCarried(home, folder, canonicalHash(folder));
}

const DIFFERS = { exit: "verifyFailed", problems: [{ code: "WORKER_TEXTS_DIFFER" }] };

test("seeds come out in their order, with the checksums of their bytes, and are written nowhere", async () => {
  const late = carried("seeds", "reference/0002_b.sql", "select 'ä'");
  const early = carried("seeds", "local/0001_a.sql", "\uFEFFselect 1");

  const { folder, seeds } = await unpack(late, early);

  expect(seeds).toEqual([
    { file: late.file, sql: "select 'ä'", sha256: late.sha256 },
    { file: early.file, sql: "select 1", sha256: early.sha256 },
  ]);
  expect(await readdir(join(folder, ".."), { recursive: true })).toEqual(["checks", "migrations"]);
});

test.each<[string, CarriedFile]>([
  ["other bytes", { ...carried("seeds", "local/0001_a.sql", "select 1"), base64: "c2VsZWN0IDI=" }],
  ["no text", carried("seeds", "local/0001_a.sql", Buffer.from([0xff, 0xfe]))],
  ["a migration with other bytes", { ...carried("migrations", "0001_a.up.sql", "a"), sha256: "0" }],
  ["a name that leads out of the folder", carried("checks", "../0001_a.sql", "select 1")],
])("refuses %s", async (_what, file) => {
  await expect(unpack(file)).rejects.toMatchObject(DIFFERS);
});

test("refuses what is not what was announced", async () => {
  const folder = { files: [carried("seeds", "local/0001_a.sql", "select 1")], rendered: {} };
  await expect(unpackCarried(home, folder, "0".repeat(64))).rejects.toMatchObject(DIFFERS);
});

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLocalCloud } from "../../../src/adapters/local/cloud-state.ts";
import { projectFiles, readJson } from "../../../src/adapters/local/project-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway project "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("migrations are listed by name with the hash of their bytes; hidden files and folders are not", async () => {
  mkdirSync(join(folder, "migrations/old"), { recursive: true });
  for (const file of ["0002_b.up.sql", "0001_a.up.sql", ".DS_Store"])
    writeFileSync(join(folder, "migrations", file), file);

  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  expect(await projectFiles(folder).migrations("migrations")).toEqual([
    { file: "0001_a.up.sql", sha256: sha256("0001_a.up.sql") },
    { file: "0002_b.up.sql", sha256: sha256("0002_b.up.sql") },
  ]);
});

test("a folder of migrations that is not there is named", async () => {
  await expect(projectFiles(folder).migrations("migrations")).rejects.toMatchObject({
    exit: "usage",
    problems: [
      { code: "MIGRATIONS_UNREADABLE", at: join(folder, "migrations"), says: "cannot be read: ENOENT" },
    ],
  });
});

test.each([
  ["there is none", undefined, "FILE_MISSING"],
  ["it is not JSON", "{", "FILE_UNREADABLE"],
  ["it says a key twice", '{"a":1,"a":2}', "FILE_UNREADABLE"],
])("a manifest is refused when %s", async (_why, text, code) => {
  const path = join(folder, "release.json");
  if (text !== undefined) writeFileSync(path, text);

  await expect(readJson(path)).rejects.toMatchObject({
    exit: "usage",
    problems: [{ code, at: path }],
  });
});

test("a local cloud is found by its state file while its process lives", async () => {
  mkdirSync(join(folder, "cloud"));
  const write = (pid: number) =>
    writeFileSync(
      join(folder, "cloud/default.json"),
      JSON.stringify({
        pid,
        endpoint: "http://127.0.0.1:4000",
        region: "us-east-1",
        ledgerUrl: "postgres://x",
      }),
    );

  expect(await findLocalCloud(folder, "default")).toBeUndefined();
  write(process.pid);
  expect(await findLocalCloud(folder, "default")).toEqual({
    endpoint: "http://127.0.0.1:4000",
    region: "us-east-1",
    ledgerUrl: "postgres://x",
  });
  // Larger than any process id that Linux gives out.
  write(2 ** 22 + 1);
  expect(await findLocalCloud(folder, "default")).toBeUndefined();
});

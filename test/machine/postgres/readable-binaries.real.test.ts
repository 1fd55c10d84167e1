import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { postgresBinaries, postgresInstallations } from "../../../src/machine/postgres/binaries.ts";
import { serverIdentity } from "../../../src/machine/postgres/identity.ts";
import { readableBinaries } from "../../../src/machine/postgres/readable-binaries.ts";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

test("prefers the binaries from npm, and finds a major version when it is asked for", () => {
  const all = postgresInstallations();

  expect(postgresBinaries()).toEqual(all[0]);
  expect(all[0]?.source).toBe("npm");
  for (const one of all) expect(postgresBinaries(one.major).major).toBe(one.major);
  expect(() => postgresBinaries(7)).toThrow(/^postgres: Postgres 7 is not on this machine \(found: \d/);
});

test.runIf(process.getuid?.() === 0)("copies binaries that the server's user cannot reach", async () => {
  const closed = await mkdtemp(join(tmpdir(), "slipway-closed-"));
  folders.push(closed);
  const original = postgresBinaries();
  await cp(original.folder, join(closed, "native"), { recursive: true, verbatimSymlinks: true });
  // What an install without install scripts leaves behind.
  const links = (await readdir(join(closed, "native", "lib"), { withFileTypes: true })).filter((entry) =>
    entry.isSymbolicLink(),
  );
  await Promise.all(links.map((link) => rm(join(closed, "native", "lib", link.name))));
  const identity = serverIdentity();

  const version = `test-${process.pid}`;
  const readable = readableBinaries({ ...original, version, folder: join(closed, "native") }, identity);
  folders.push(readable.folder);

  expect(links.length).toBeGreaterThan(0);
  expect(readable.folder).not.toContain(closed);
  const ids = { uid: identity.uid ?? 0, gid: identity.gid ?? 0 };
  const asUser = spawnSync(join(readable.folder, "bin", "initdb"), ["--version"], {
    cwd: "/",
    encoding: "utf8",
    ...ids,
  });
  expect(asUser.stdout).toContain(original.version);
});

test.runIf(process.getuid?.() === 0)("leaves binaries where the server's user can reach them", () => {
  const machine = postgresInstallations().filter((one) => one.source === "machine");

  expect(machine.map((one) => readableBinaries(one, serverIdentity()))).toEqual(machine);
});

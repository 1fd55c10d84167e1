import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockSubset, type LockFile } from "../../dagger/src/lock-subset.ts";
import { MODULE_ROOT } from "../../src/cli/call/module/module-source.ts";

const lock: LockFile = {
  packages: {
    "": { dependencies: { a: "^1.0.0", z: "^9.0.0" } },
    "node_modules/a": { version: "1.2.0", dependencies: { b: "^2.0.0", c: "*" }, dev: true },
    "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { c: "*" } },
    "node_modules/b": { version: "3.0.0" },
    "node_modules/c": { version: "4.0.0" },
    "node_modules/z": { version: "9.0.0" },
  },
};

test("keeps a package with what it needs, where Node would find it, and nothing else", () => {
  const manifest = { name: "slipway-box", version: "0.0.0", type: "module", dependencies: { a: "1.2.0" } };

  expect(lockSubset(lock, ["a"])).toEqual({
    manifest,
    lock: {
      ...manifest,
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": manifest,
        "node_modules/a": { version: "1.2.0", dependencies: { b: "^2.0.0", c: "*" } },
        "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { c: "*" } },
        "node_modules/c": { version: "4.0.0" },
      },
    },
  });
});

test("follows what a package needs from its host, and leaves out what is optional", () => {
  const { lock: subset } = lockSubset(
    {
      packages: {
        "node_modules/a": {
          version: "1.0.0",
          optionalDependencies: { native: "*" },
          peerDependencies: { host: "*", types: "*" },
          peerDependenciesMeta: { types: { optional: true } },
        },
        "node_modules/host": { version: "2.0.0" },
        "node_modules/native": { version: "3.0.0" },
        "node_modules/types": { version: "4.0.0" },
      },
    },
    ["a"],
  );

  expect(subset.packages).toMatchObject({
    "node_modules/a": { version: "1.0.0", peerDependencies: { host: "*" } },
    "node_modules/host": { version: "2.0.0" },
  });
  expect(Object.keys(subset.packages)).toHaveLength(3);
});

test("refuses a package that the lock file does not have", () => {
  expect(() => lockSubset(lock, ["nope"])).toThrow('package-lock.json has no "node_modules/nope"');
});

test("what reads a config is a small part of Slipway's own lock file", () => {
  const own = JSON.parse(readFileSync(join(MODULE_ROOT, "package-lock.json"), "utf8")) as LockFile;

  const { lock: subset } = lockSubset(own, ["commander", "yaml", "zod"]);

  const paths = Object.keys(subset.packages);
  expect(paths).toEqual(["", "node_modules/commander", "node_modules/yaml", "node_modules/zod"]);
});

import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { snapshotFromExec } from "../../../src/engine/filesystem/freeze.ts";
import { findSnapshot, openLayerStore, scratchFolder } from "../../../src/engine/filesystem/layer-store.ts";
import { layerIds } from "../../../src/engine/filesystem/recipe.ts";
import { EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

test("what an exec wrote and removed becomes one layer, by a rename", async () => {
  const store = await aStore();
  const one = await withNewFile(store, EMPTY_DIRECTORY, "gone", "");
  const two = await withNewFile(store, one, "d/old", "");
  const lower = (await withNewFile(store, two, "kept", "kept")).snapshot;

  const upper = await scratchFolder(store);
  await mkdir(join(upper, "d"), { mode: 0o750 });
  await writeFile(join(upper, "d/new"), "new");
  await symlink("new", join(upper, "d/link"));
  execFileSync("mknod", [join(upper, "gone"), "c", "0", "0"]);
  const { ino } = await stat(join(upper, "d/new"));

  const after = await snapshotFromExec(store, lower, { upper, opaque: ["d"] });
  expect(await listingOf({ snapshot: after, path: "" })).toEqual({
    d: "directory 750",
    "d/link": "symlink new",
    "d/new": "file 644 new",
    kept: "file 644 kept",
  });
  expect(after.layers.at(-1)?.removed).toEqual(["d", "gone"]);
  expect((await stat(join(after.layers.at(-1)?.folder ?? "", "d/new"))).ino).toBe(ino);
  expect(await readdir(join(store.folder, "tmp"))).toEqual([]);
});

test("another process finds the same snapshot by its layers' ids, or none when one is gone", async () => {
  const store = await aStore();
  const upper = await scratchFolder(store);
  await writeFile(join(upper, "a"), "a", { mode: 0o644 });
  const made = await snapshotFromExec(store, { layers: [] }, { upper, opaque: [], removed: ["x"] });

  const other = await openLayerStore(store.folder);
  expect(await findSnapshot(other, layerIds(made))).toEqual(made);
  expect(await findSnapshot(other, [...layerIds(made), "absent"])).toBeUndefined();
});

test("an exec that wrote nothing leaves the snapshot as it is", async () => {
  const store = await aStore();
  const { snapshot } = await withNewFile(store, EMPTY_DIRECTORY, "a", "");
  expect(await snapshotFromExec(store, snapshot, { upper: await scratchFolder(store), opaque: [] })).toBe(
    snapshot,
  );
});

test("sockets an exec left are no content", async () => {
  const store = await aStore();
  const upper = await scratchFolder(store);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(upper, "s"), listening));
  await writeFile(join(upper, "a"), "", { mode: 0o644 });
  const snapshot = await snapshotFromExec(store, { layers: [] }, { upper, opaque: [] });
  server.close();
  expect(await listingOf({ snapshot, path: "" })).toEqual({ a: "file 644 " });
  expect(await readdir(snapshot.layers[0]?.folder ?? "")).toEqual(["a"]);
});

test("a mode that keeps everyone out is remembered", async () => {
  const store = await aStore();
  const upper = await scratchFolder(store);
  await mkdir(join(upper, "d"));
  await writeFile(join(upper, "d/f"), "closed");
  await chmod(join(upper, "d/f"), 0);
  await chmod(join(upper, "d"), 0o100);
  const snapshot = await snapshotFromExec(store, { layers: [] }, { upper, opaque: [] });
  expect(await listingOf({ snapshot, path: "" })).toEqual({ d: "directory 100", "d/f": "file 0 closed" });
});

test("opening a store removes what a killed process left, and nothing of a living one", async () => {
  const store = await aStore();
  const mine = await scratchFolder(store);
  // The highest process id there can be is not in use.
  const dead = mine.replace(`-${process.pid}-`, "-4194304-");
  await mkdir(join(dead, "work"), { recursive: true });
  await chmod(join(dead, "work"), 0);
  await openLayerStore(store.folder);
  expect(await readdir(join(store.folder, "tmp"))).toEqual([mine.split("/").at(-1)]);
});

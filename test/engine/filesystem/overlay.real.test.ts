import { chmod, copyFile, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { snapshotFromExec } from "../../../src/engine/filesystem/freeze.ts";
import { scratchFolder } from "../../../src/engine/filesystem/layer-store.ts";
import { removeTree } from "../../../src/engine/filesystem/remove-tree.ts";
import { EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { without } from "../../../src/engine/filesystem/without.ts";
import { aFolder, aStore } from "./a-store.ts";
import { listingOf } from "./listing.ts";

const run = promisify(execFile);

/** Mounts the layers with overlayfs in a namespace of its own and runs a shell script in the mounted folder. */
async function inOverlay(folders: readonly string[], upper: string, script: string): Promise<string> {
  const work = await aFolder();
  const mounted = join(work, "m");
  await mkdir(join(work, "w"));
  await mkdir(mounted);
  const lower = folders.toReversed().join(":");
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${upper}.work,userxattr`;
  await mkdir(`${upper}.work`);
  const all = `mount -t overlay overlay -o "$1" "$2" && cd "$2" && eval "$3"`;
  const { stdout } = await run(
    "unshare",
    ["--user", "--map-root-user", "--mount", "sh", "-ec", all, "sh", options, mounted, script],
    { timeout: 20_000 },
  );
  await removeTree(`${upper}.work`);
  return stdout;
}

test("overlayfs and the union reader see the same tree, through layers, removals and an exec's own changes", async () => {
  const store = await aStore();
  let directory = EMPTY_DIRECTORY;
  for (const path of ["d/a", "d/b", "e/x", "e/y/z", "f"])
    directory = await withNewFile(store, directory, path, path);
  directory = await without(store, directory, "d/a");
  directory = await without(store, directory, "e/y");
  directory = await withNewFile(store, directory, "e/y/new", "new");

  const upper = await scratchFolder(store);
  const script = "rm f; rm -r e; mkdir e; echo again >e/x; find . | sort";
  const seen = await inOverlay(
    directory.snapshot.layers.map((layer) => layer.folder),
    upper,
    script,
  );
  const after = await snapshotFromExec(store, directory.snapshot, { upper, opaque: ["e"] });
  const read = Object.keys(await listingOf({ snapshot: after, path: "" }));
  expect(read).toEqual(["d", "d/b", "e", "e/x"]);
  expect(seen.trim().split("\n")).toEqual([".", ...read.map((path) => `./${path}`)]);

  // The frozen layer hides the same when it is a lower one.
  const again = await inOverlay(
    after.layers.map((layer) => layer.folder),
    await scratchFolder(store),
    "find . | sort",
  );
  expect(again).toBe(seen);
});

test.runIf(process.getuid?.() === 0)("an ordinary user has a store of its own with all of this", async () => {
  const home = await mkdtemp(join(tmpdir(), "slipway-ordinary-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await chmod(home, 0o777);
  await cp(join(import.meta.dirname, "../../../src"), join(home, "src"), { recursive: true });
  const script = `
    const at = (path) => import("${home}/src/engine/filesystem/" + path + ".ts");
    const { openLayerStore, scratchFolder } = await at("layer-store");
    const { withNewFile } = await at("with-file");
    const { without } = await at("without");
    const { snapshotFromExec } = await at("freeze");
    const { entries, stat } = await at("read");
    const { statSync, mkdirSync, writeFileSync } = await import("node:fs");
    const store = await openLayerStore("${home}/store");
    const made = await withNewFile(store, { snapshot: { layers: [] }, path: "" }, "a", "a");
    const less = await without(store, made, "a");
    const upper = await scratchFolder(store);
    mkdirSync(upper + "/closed"); writeFileSync(upper + "/closed/f", "x", { mode: 0 });
    (await import("node:fs")).chmodSync(upper + "/closed", 0);
    const after = { snapshot: await snapshotFromExec(store, less.snapshot, { upper, opaque: [] }), path: "" };
    console.log(JSON.stringify({
      uid: process.getuid(),
      whiteout: statSync(less.snapshot.layers[1].folder + "/a").isCharacterDevice(),
      entries: [await entries(after), await entries(after, "closed")],
      modes: [(await stat(after, "closed")).mode, (await stat(after, "closed/f")).mode],
    }));`;
  const nodeModules = join(import.meta.dirname, "../../../node_modules");
  await cp(join(nodeModules, "ignore"), join(home, "node_modules/ignore"), { recursive: true });
  // The checkout and its Node may lie where this user cannot read.
  await copyFile(process.execPath, join(home, "node"));
  const { stdout } = await run(join(home, "node"), ["--input-type=module", "-e", script], {
    uid: 65_534,
    gid: 65_534,
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "" },
    timeout: 30_000,
  });
  expect(JSON.parse(stdout)).toEqual({
    uid: 65_534,
    whiteout: true,
    entries: [["closed/"], ["f"]],
    modes: [0, 0],
  });
});

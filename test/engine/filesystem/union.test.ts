import { chmod, mkdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { digestDirectory } from "../../../src/engine/filesystem/digest.ts";
import { flatten, materialise } from "../../../src/engine/filesystem/flatten.ts";
import { importDirectory } from "../../../src/engine/filesystem/host-import.ts";
import { type Directory, EMPTY_DIRECTORY } from "../../../src/engine/filesystem/types.ts";
import { withNewDirectory } from "../../../src/engine/filesystem/with-new-directory.ts";
import { withNewFile } from "../../../src/engine/filesystem/with-file.ts";
import { withSymlink } from "../../../src/engine/filesystem/with-symlink.ts";
import { without } from "../../../src/engine/filesystem/without.ts";
import { aFolder, aStore } from "./a-store.ts";
import { hostListing, listingOf } from "./listing.ts";

type Step =
  | { do: "file"; path: string; content: string; executable: boolean }
  | { do: "directory"; path: string }
  | { do: "symlink"; path: string; target: string }
  | { do: "remove"; path: string };

// Few names, so that steps meet each other's results often.
const name = fc.constantFrom("a", "b", "c", ".h", "ä b");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("file"),
    path,
    content: fc.string(),
    executable: fc.boolean(),
  }) as fc.Arbitrary<Step>,
  fc.record({ do: fc.constant("directory"), path }) as fc.Arbitrary<Step>,
  fc.record({ do: fc.constant("symlink"), path, target: fc.constant("nowhere") }) as fc.Arbitrary<Step>,
  fc.record({ do: fc.constant("remove"), path }) as fc.Arbitrary<Step>,
);

test("a snapshot reads like a plain directory after the same changes, flattened and materialised too", async () => {
  const store = await aStore();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const plain = await aFolder();
      let directory: Directory = EMPTY_DIRECTORY;
      for (const change of steps) {
        const after = await apply(directory, change).catch(() => undefined);
        // A step that does not fit (a file in the way) is refused by the snapshot and left out of both.
        if (after === undefined) continue;
        directory = after;
        await applyPlain(plain, change);
      }
      const expected = await hostListing(plain);
      expect(await listingOf(directory)).toEqual(expected);

      const flat = await flatten(store, directory.snapshot, 1);
      expect(flat.layers.length).toBeLessThan(2);
      expect(await listingOf({ snapshot: flat, path: "" })).toEqual(expected);

      const copy = await aFolder();
      await materialise(directory.snapshot, copy);
      expect(await hostListing(copy)).toEqual(expected);

      const imported = await importDirectory(store, plain);
      expect(imported.digest).toBe(await digestDirectory(directory));

      function apply(target: Directory, change: Step): Promise<Directory> {
        switch (change.do) {
          case "file":
            return withNewFile(store, target, change.path, change.content, {
              permissions: change.executable ? 0o755 : 0o644,
            });
          case "directory":
            return withNewDirectory(store, target, change.path);
          case "symlink":
            return withSymlink(store, target, change.path, change.target);
          default:
            return without(store, target, change.path);
        }
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);

async function applyPlain(folder: string, change: Step): Promise<void> {
  const place = join(folder, change.path);
  if (change.do === "remove") return rm(place, { recursive: true, force: true });
  await makeFolders(folder, change.do === "directory" ? change.path : dirname(change.path));
  if (change.do === "symlink") await symlink(change.target, place);
  if (change.do !== "file") return;
  await writeFile(place, change.content);
  await chmod(place, change.executable ? 0o755 : 0o644);
}

// As mkdir -p, and the folder that a symlink names but that is missing is made as well: Dagger's rule for paths.
async function makeFolders(folder: string, path: string): Promise<void> {
  let place = folder;
  for (const name of path.split("/").filter((part) => part !== ".")) {
    place = join(place, name);
    const link = await readlink(place).catch(() => undefined);
    await mkdir(link === undefined ? place : join(dirname(place), link), { recursive: true });
  }
}

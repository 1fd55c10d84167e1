import { join } from "node:path";
import type { OpenSeeds, Seeds } from "../ports/seeds.ts";

/** The seeds in an app's folder, and how they come into a database: over a connection of this process, or as `open` says. */
export async function composeSeeds(
  project: { readonly folder: string },
  open: OpenSeeds | undefined,
): Promise<Seeds> {
  const [{ readSeedFiles, readSeedSets }, { openSeeds }] = await Promise.all([
    import("../adapters/postgres/seed-folder.ts"),
    import("../adapters/postgres/open-seeds.ts"),
  ]);
  return {
    sets: (folder) => readSeedSets(join(project.folder, folder)),
    files: (folder, set) => readSeedFiles(join(project.folder, folder, set)),
    open: open ?? openSeeds,
  };
}

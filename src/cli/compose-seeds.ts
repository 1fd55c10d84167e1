import { join } from "node:path";
import type { Seeds } from "../ports/seeds.ts";

/** The seeds in an app's folder, and the databases that they go into. */
export async function composeSeeds(project: { readonly folder: string }): Promise<Seeds> {
  const [{ readSeedFiles, readSeedSets }, { openSeeds }] = await Promise.all([
    import("../adapters/postgres/seed-folder.ts"),
    import("../adapters/postgres/open-seeds.ts"),
  ]);
  return {
    sets: (folder) => readSeedSets(join(project.folder, folder)),
    files: (folder, set) => readSeedFiles(join(project.folder, folder, set)),
    open: openSeeds,
  };
}

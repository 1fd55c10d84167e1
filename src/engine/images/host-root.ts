import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HostBase } from "../../machine/oci/host-base.ts";
import { type LayerFacts, NO_FACTS } from "../filesystem/layer-file.ts";
import { layerOf } from "../filesystem/layer-store.ts";
import { recipeId } from "../filesystem/recipe.ts";
import { hashOf } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree } from "../state/trees.ts";

/** The few folders, files and links that a host base needs in the root beside its binds, as one layer. */
export function hostRoot(session: Session, base: HostBase): DirectoryTree {
  const { folders, links, files } = base;
  return {
    key: hashOf({ host: base.name, folders, links, files }),
    cheap: false,
    open: async () => {
      const id = recipeId("host", base.name, folders, links, files);
      const layer = await layerOf(session.layers, id, async (folder) => await fill(folder, base));
      return { snapshot: { layers: [layer] }, path: "" };
    },
  };
}

async function fill(root: string, { folders, links, files }: HostBase): Promise<LayerFacts> {
  for (const path of Object.keys(folders)) await mkdir(join(root, path), { recursive: true });
  for (const [path, { content, mode }] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  // Last, because a folder's own bits may forbid what comes above.
  for (const [path, mode] of Object.entries(folders)) await chmod(join(root, path), mode);
  return NO_FACTS;
}

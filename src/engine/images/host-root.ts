import type { HostBase } from "../../machine/oci/host-base.ts";
import { layHostRoot } from "../../machine/oci/lay-host-root.ts";
import { NO_FACTS } from "../filesystem/layer-file.ts";
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
      const layer = await layerOf(session.layers, id, async (folder) => {
        await layHostRoot(folder, base);
        return NO_FACTS;
      });
      return { snapshot: { layers: [layer] }, path: "" };
    },
  };
}

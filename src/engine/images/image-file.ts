import { join } from "node:path";
import { writeImageTarball } from "../../machine/oci/image-layout.ts";
import { importFile } from "../filesystem/host-import.ts";
import { scratchFolder } from "../filesystem/layer-store.ts";
import { removeTree } from "../filesystem/remove-tree.ts";
import { type Arguments, hashOf, type Recipe } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import type { FileTree } from "../state/trees.ts";
import { imagesOf } from "./made-image.ts";

const NAME = "image.tar";

/** The container as an OCI image layout in a tarball. */
export async function imageFile(
  session: Session,
  container: Recipe,
  args: Arguments,
  signal: AbortSignal,
): Promise<FileTree> {
  const state = await session.container(container, signal);
  return {
    key: hashOf({ tarball: container.id, root: state.root.key }),
    cheap: false,
    name: NAME,
    open: async (later) => {
      const folder = await scratchFolder(session.layers);
      try {
        const file = join(folder, NAME);
        await writeImageTarball(await imagesOf(session, container, args, later), file);
        return (await importFile(session.layers, file)).file;
      } finally {
        await removeTree(folder);
      }
    },
  };
}

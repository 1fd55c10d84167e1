import { hostBaseByName } from "../../machine/oci/host-base.ts";
import { BASE_LABEL } from "../../machine/oci/image-types.ts";
import { pullImage } from "../../machine/oci/pull-image.ts";
import { formatReference, type Reference } from "../../machine/oci/reference.ts";
import { snapshotFromImage } from "../filesystem/image-layers.ts";
import { EMPTY_SNAPSHOT } from "../filesystem/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { hashOf } from "../graph/recipe.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { hostTools } from "./host-image.ts";
import { hostRoot } from "./host-root.ts";
import { loginFor } from "./registry-login.ts";
import { containerConfig, type ResolvedImage } from "./resolved-image.ts";

/** An image of a registry; its layers are unpacked when the container's files are needed. Throws what `pullImage` does. */
export async function pulledImage(
  session: Session,
  request: { readonly reference: Reference; readonly blobs: string; readonly state: ContainerState },
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { reference, blobs, state } = request;
  const image = await pullImage(reference, blobs, {
    signal,
    platform: state.platform,
    ...(await loginFor(session, state, reference.registry, signal)),
  });
  const { digest } = image.manifest.descriptor;
  const full = formatReference({ ...reference, digest });

  const baseName = image.config.config.Labels?.[BASE_LABEL];
  const found = baseName === undefined ? undefined : await hostBaseByName(baseName, hostTools());
  if (found !== undefined && "problem" in found) {
    throw new RecipeProblem(
      `image ${full} stands on ${baseName}: ${found.problem.says} (${found.problem.hint})`,
    );
  }
  const base = found?.base;
  const below = base === undefined ? undefined : hostRoot(session, base);

  return {
    name: full,
    reference: full,
    base,
    config: containerConfig(image.config.config),
    root: {
      key: hashOf({ image: digest, base: below?.key ?? null }),
      cheap: false,
      open: async (later) => {
        const lower = below === undefined ? EMPTY_SNAPSHOT : (await below.open(later)).snapshot;
        const own = await snapshotFromImage(
          session.layers,
          image.layers.map(({ content }, position) => {
            const diffId = image.config.rootfs.diff_ids[position];
            if (!("file" in content) || diffId === undefined)
              throw new Error(`${full} has an incomplete layer`);
            return { file: content.file, diffId };
          }),
        );
        return { snapshot: { layers: [...lower.layers, ...own.layers] }, path: "" };
      },
    },
  };
}

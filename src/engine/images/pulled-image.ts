import { access } from "node:fs/promises";
import { hostBaseByName } from "../../machine/oci/host-base.ts";
import { BASE_LABEL, type RunConfig } from "../../machine/oci/image-types.ts";
import { pullImage } from "../../machine/oci/pull-image.ts";
import { formatReference, type Reference } from "../../machine/oci/reference.ts";
import { type PulledLayer, snapshotFromImage } from "../filesystem/image-layers.ts";
import { EMPTY_SNAPSHOT } from "../filesystem/types.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import { hashOf } from "../graph/recipe.ts";
import type { ContainerState } from "../state/container.ts";
import type { Session } from "../state/session.ts";
import { hostTools } from "./host-image.ts";
import { hostRoot } from "./host-root.ts";
import { loginFor } from "./registry-login.ts";
import { containerConfig, type ResolvedImage } from "./resolved-image.ts";

interface PullRequest {
  readonly reference: Reference;
  /** Folder of the blobs. */
  readonly blobs: string;
  readonly state: ContainerState;
}

/** An image whose blobs are on this machine. */
interface LocalImage {
  readonly digest: string;
  readonly config: RunConfig;
  readonly layers: readonly PulledLayer[];
}

/** An image of a registry; its layers are unpacked when the container's files are needed. Throws what `pullImage` does. */
export async function pulledImage(
  session: Session,
  request: PullRequest,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { reference } = request;
  const image = (await knownImage(session, request)) ?? (await pull(session, request, signal));
  const full = formatReference({ ...reference, digest: image.digest });

  const baseName = image.config.Labels?.[BASE_LABEL];
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
    config: containerConfig(image.config),
    root: {
      key: hashOf({ image: image.digest, base: below?.key ?? null }),
      cheap: false,
      open: async (later) => {
        const lower = below === undefined ? EMPTY_SNAPSHOT : (await below.open(later)).snapshot;
        const own = await snapshotFromImage(session.layers, image.layers);
        return { snapshot: { layers: [...lower.layers, ...own.layers] }, path: "" };
      },
    },
  };
}

async function pull(
  session: Session,
  { reference, blobs, state }: PullRequest,
  signal: AbortSignal,
): Promise<LocalImage> {
  const pulled = await pullImage(reference, blobs, {
    signal,
    platform: state.platform,
    ...(await loginFor(session, state, reference.registry, signal)),
  });
  const image: LocalImage = {
    digest: pulled.manifest.descriptor.digest,
    config: pulled.config.config,
    layers: pulled.layers.map(({ content }, position) => {
      const diffId = pulled.config.rootfs.diff_ids[position];
      if (!("file" in content) || diffId === undefined)
        throw new Error(`${reference.repository} is incomplete`);
      return { file: content.file, diffId };
    }),
  };
  if (reference.digest !== undefined) await session.results.keep(keyOf(reference.digest, state), image);
  return image;
}

/** An image asked for by digest that was pulled before: it cannot have changed, so no registry is asked. */
async function knownImage(
  session: Session,
  { reference, state }: PullRequest,
): Promise<LocalImage | undefined> {
  if (reference.digest === undefined) return undefined;
  const image = await session.results.find<LocalImage>(keyOf(reference.digest, state));
  const blobs = await Promise.all((image?.layers ?? []).map(async ({ file }) => await isThere(file)));
  return blobs.every(Boolean) ? image : undefined;
}

function keyOf(digest: string, { platform }: ContainerState): string {
  return hashOf({ pulled: digest, platform });
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

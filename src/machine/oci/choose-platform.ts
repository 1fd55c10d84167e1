import { SlipwayError } from "../../core/errors.ts";
import { readIndex } from "./image-documents.ts";
import type { Descriptor, Platform } from "./image-types.ts";

/** The manifest of an index for a platform. Throws PLATFORM_MISSING, which names the platforms there are. */
export function choosePlatform(index: Buffer, wanted: Platform, at: string): Descriptor {
  const manifests = readIndex(index, at);
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  // arm64 without a variant is v8; with several the exact one is best.
  const chosen = fitting.find(({ platform }) => platform?.variant === wanted.variant) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  const there = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [named(platform)]));
  throw new SlipwayError(
    {
      code: "PLATFORM_MISSING",
      at,
      says: `there is no image for ${named(wanted)}, only for ${there.join(", ") || "nothing"}`,
      hint: "build the image for this platform too",
    },
    "verifyFailed",
  );
}

function named({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

import type { Problem } from "../errors.ts";
import type { Release } from "./types.ts";

/** A release goes out with the config it was built with, or not at all: its approval covers both. */
export function configDiffers(
  release: Pick<Release, "id" | "commit" | "configSha256">,
  configSha256: string,
): Problem[] {
  if (release.configSha256 === configSha256) return [];
  return [
    {
      code: "CONFIG_DIFFERS",
      at: "slipway.config",
      says: `is ${configSha256.slice(0, 12)}…, ${release.id} was built with ${release.configSha256.slice(0, 12)}…`,
      hint: `check out ${release.commit.slice(0, 12)}, or build the release again`,
    },
  ];
}

import type { Image, Platform, RunConfig } from "./image-types.ts";
import type { PackedLayer } from "./pack-layer.ts";

export interface ImageRecipe {
  readonly layers: readonly PackedLayer[];
  readonly config: RunConfig;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Config and manifest of an image, canonical JSON: the same recipe gives the same digest. */
export function buildImage(recipe: ImageRecipe): Image {
  throw new Error(`being written: ${recipe.layers.length}`);
}

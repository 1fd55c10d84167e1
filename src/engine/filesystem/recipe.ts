import { createHash } from "node:crypto";
import type { Directory, File, Snapshot } from "./types.ts";

/** The id of a layer that is made from these inputs: the same inputs, the same layer, also in another run. */
export function recipeId(operation: string, ...inputs: readonly unknown[]): string {
  const text = JSON.stringify(inputs, (_key, value: unknown) =>
    value instanceof Uint8Array ? createHash("sha256").update(value).digest("hex") : value,
  );
  return `${operation}-${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
}

/** What stands for a snapshot among the inputs. */
export function layerIds(snapshot: Snapshot): string[] {
  return snapshot.layers.map((layer) => layer.id);
}

/** What stands for a directory or a file among the inputs. */
export function placeId(place: Directory | File): readonly [string[], string] {
  return [layerIds(place.snapshot), place.path];
}

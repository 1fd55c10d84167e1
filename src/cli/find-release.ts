import { SlipwayError } from "../core/errors.ts";
import { readRelease } from "../core/release/schema.ts";
import type { Release } from "../core/release/types.ts";
import { loadManifest } from "./compose.ts";

/** The release in a manifest's file. Throws every problem at once (exit 2). */
export async function findRelease(file: string): Promise<Release> {
  return releaseIn(await loadManifest(file));
}

/** The release that a document is. Throws every problem at once (exit 2). */
export function releaseIn(document: unknown): Release {
  const result = readRelease(document);
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  return result.release;
}

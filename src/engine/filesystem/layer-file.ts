import type { Layer, Owner } from "./types.ts";

/** What `layer.json` says beside the files: everything of a layer but its place. */
export type LayerFacts = Pick<Layer, "removed" | "modes" | "owners">;

export const NO_FACTS: LayerFacts = { removed: [], modes: {}, owners: {} };

/** The text of a `layer.json`. */
export function writeFacts(facts: LayerFacts): string {
  return JSON.stringify({ version: 1, ...facts });
}

/** Reads a `layer.json`; undefined when it is not one of this version, and the layer counts as absent. */
export function readFacts(text: string): LayerFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["version"] !== 1) return undefined;
  const { removed, modes, owners } = value;
  if (!Array.isArray(removed) || !isRecord(modes) || !isRecord(owners)) return undefined;
  return {
    removed: removed.filter((path) => typeof path === "string"),
    modes: modes as Record<string, number>,
    owners: owners as Record<string, Owner>,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

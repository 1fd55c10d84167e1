import { parseReference } from "./reference.ts";

/** What an image name asks for, when it is one that a tool chain of this machine can stand in for. */
export interface HostImageRequest {
  /** The name as it was written. */
  readonly image: string;
  readonly tool: "node" | "postgres";
  /** The major version; undefined: any. */
  readonly major: number | undefined;
  /** Any version with long-term support, as `node:lts` asks. */
  readonly longTerm: boolean;
}

// Node names its long-term lines; the ones that were ever images' tags and may still be asked for.
const NODE_LINES: Readonly<Record<string, number>> = { hydrogen: 18, iron: 20, jod: 22, krypton: 24 };

// The rest of a tag says which Linux and how much of it; the host base is this machine's.
const VARIANT = /^(?:slim|alpine[\d.]*|bullseye|bookworm|trixie|buster)$/;

/** Reads `node:*` and `postgres:*` (Docker Hub's official images); undefined for every other name and unknown tags. */
export function hostImageRequest(image: string): HostImageRequest | undefined {
  const reference = parseReference(image);
  const [, tool] = /^library\/(node|postgres)$/.exec(reference?.repository ?? "") ?? [];
  if (reference?.registry !== "docker.io" || (tool !== "node" && tool !== "postgres")) return undefined;

  const [first = "", ...variants] = (reference.tag ?? "latest").split("-");
  const rest = VARIANT.test(first) ? [first, ...variants] : variants;
  if (!rest.every((variant) => VARIANT.test(variant))) return undefined;
  const any = { image, tool, major: undefined, longTerm: false } as const;
  if (VARIANT.test(first) || first === "latest") return any;
  const [, digits] = /^(\d+)(?:\.\d+){0,2}$/.exec(first) ?? [];
  if (digits !== undefined) return { ...any, major: Number(digits) };
  if (tool !== "node") return undefined;
  if (first === "current") return any;
  if (first === "lts") return { ...any, longTerm: true };
  const major = NODE_LINES[first];
  return major === undefined ? undefined : { ...any, major };
}

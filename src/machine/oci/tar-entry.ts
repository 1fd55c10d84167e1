import type { TarHeader } from "modern-tar";
import { SlipwayError } from "../../core/errors.ts";

/** What a tar entry asks for, checked. Paths have no "/" at the ends; the root itself is "". */
export type TarEntry =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "removed"; readonly path: string }
  | { readonly kind: "opaque"; readonly path: string }
  | { readonly kind: "nothing" };

// Linux takes no longer paths.
const LONGEST_PATH = 4096;

/** Reads a header of an image layer. Throws LAYER_UNSAFE for a path that leaves the layer and for devices. */
export function tarEntry(header: TarHeader): TarEntry {
  const path = safePath(header.name, header.name);
  const type = header.type ?? "file";
  switch (type) {
    case "directory":
      return { kind: "directory", path };
    case "symlink":
      // Where it points does not matter: it is never followed while unpacking.
      return { kind: "symlink", path: named(path, header), target: header.linkname ?? "" };
    case "link":
      return {
        kind: "link",
        path: named(path, header),
        target: safePath(header.linkname ?? "", header.name),
      };
    case "file":
      if (Object.keys(header.pax ?? {}).some((key) => key.startsWith("GNU.sparse")))
        throw unsafeLayer(header.name, "a sparse file is not supported");
      return whiteout(named(path, header), header) ?? { kind: "file", path };
    case "pax-global-header":
      return { kind: "nothing" };
    default:
      throw unsafeLayer(header.name, `an image layer may not bring a ${type}`);
  }
}

/** A layer that would write where it must not, or more than it may. */
export function unsafeLayer(entry: string, says: string, cause?: unknown): SlipwayError {
  const hint = "do not use this image; if you trust it, build it again with a current tool";
  return new SlipwayError({ code: "LAYER_UNSAFE", at: entry.slice(0, 300), says, hint }, "verifyFailed", {
    cause,
  });
}

function safePath(name: string, entry: string): string {
  if (name.startsWith("/")) throw unsafeLayer(entry, `"${name}" is an absolute path`);
  if (name.includes("\0") || name.length > LONGEST_PATH)
    throw unsafeLayer(entry, "the path is not a valid one");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw unsafeLayer(entry, `"${name}" leads out of the layer`);
  return parts.join("/");
}

function named(path: string, header: TarHeader): string {
  if (path === "") throw unsafeLayer(header.name, "the root of a layer is a directory");
  return path;
}

function whiteout(path: string, header: TarHeader): TarEntry | undefined {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "" : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (!name.startsWith(".wh.")) return undefined;
  if (name === ".wh..wh..opq") return { kind: "opaque", path: folder };
  // Notes that AUFS left for itself.
  if (name.startsWith(".wh..wh.")) return { kind: "nothing" };
  const hidden = name.slice(".wh.".length);
  if (hidden === "" || hidden === "." || hidden === "..")
    throw unsafeLayer(header.name, "this removes a directory from inside");
  return { kind: "removed", path: folder === "" ? hidden : `${folder}/${hidden}` };
}

import type { CarriedFolder, WorkerCall } from "../../core/worker/calls.ts";

type OpenCall = WorkerCall & { readonly kind: "open" };
type OpenFolder = OpenCall & { readonly what: "migrations" | "inspection" };

/** What is to be open in a worker, whichever lives: with a folder as it is by then, or with files that were read, or with none. */
export type Opening =
  | (Omit<OpenFolder, "kind" | "sha256"> & { readonly folder: string })
  | { readonly handle: string; readonly what: "seeds"; readonly files: CarriedFolder }
  | { readonly handle: string; readonly what: "row-security" };

/** The call that opens it, with what was carried for it. */
export function openCall(opening: Opening, sha256: string): OpenCall {
  if (opening.what === "row-security") {
    return { kind: "open", handle: opening.handle, what: opening.what };
  }
  if (opening.what === "seeds") {
    return { kind: "open", handle: opening.handle, what: opening.what, sha256 };
  }
  const { folder: _folder, ...what } = opening;
  return { kind: "open", ...what, sha256 };
}

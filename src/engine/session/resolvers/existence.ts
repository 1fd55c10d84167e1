import { stat } from "../../filesystem/read.ts";
import type { Directory } from "../../filesystem/types.ts";
import { flagOf, optionalTextOf } from "../../graph/arguments.ts";
import type { Arguments } from "../../graph/recipe.ts";

const KINDS: Readonly<Record<string, string>> = {
  REGULAR_TYPE: "file",
  DIRECTORY_TYPE: "directory",
  SYMLINK_TYPE: "symlink",
};

/** Whether there is something at the path, and of the `expectedType` when one is asked for. */
export async function existsAt(directory: Directory, path: string, args: Arguments): Promise<boolean> {
  const expected = optionalTextOf(args, "expectedType");
  // A symlink can be found only by not following it.
  const followLast = !flagOf(args, "doNotFollowSymlinks") && expected !== "SYMLINK_TYPE";
  const found = await stat(directory, path, { followLast });
  return found !== undefined && (expected === undefined || found.kind === KINDS[expected]);
}

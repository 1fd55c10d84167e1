import { SlipwayError } from "../../core/errors.ts";

/** Nothing, or something other than a file, at a path where a file was asked for. */
export function noSuchFile(path: string, says = "there is no such file"): SlipwayError {
  return new SlipwayError(
    { code: "NO_SUCH_FILE", at: shown(path), says, hint: "check the path; `entries` lists what is there" },
    "usage",
  );
}

/** Nothing, or something other than a directory, at a path where a directory was asked for. */
export function noSuchDirectory(path: string, says = "there is no such directory"): SlipwayError {
  return new SlipwayError(
    {
      code: "NO_SUCH_DIRECTORY",
      at: shown(path),
      says,
      hint: "check the path; `entries` lists what is there",
    },
    "usage",
  );
}

/** A path that runs in circles through symlinks. */
export function tooManyLinks(path: string): SlipwayError {
  return new SlipwayError(
    {
      code: "SYMLINK_LOOP",
      at: shown(path),
      says: "the symlinks on the way lead in a circle",
      hint: "remove the circle",
    },
    "usage",
  );
}

/** Only what could not be done to this machine's own files: full disk, no permission, a file in the way. */
export function exportFailed(path: string, cause: unknown): SlipwayError {
  const says = cause instanceof Error ? cause.message : String(cause);
  return new SlipwayError(
    { code: "EXPORT_FAILED", at: path, says, hint: "free the path or choose another one" },
    "usage",
    { cause },
  );
}

function shown(path: string): string {
  return path === "" ? "/" : path;
}

/** An include, exclude or glob pattern that cannot be read. */
export function patternInvalid(pattern: string, cause: unknown): SlipwayError {
  const hint = "close the brackets, or write a backslash before a character that stands for itself";
  return new SlipwayError(
    { code: "PATTERN_INVALID", at: "pattern", says: `"${pattern}" is not a pattern`, hint },
    "usage",
    { cause },
  );
}

/** Something is where only a new entry may go. */
export function alreadyExists(path: string): SlipwayError {
  const hint = "remove it first with withoutFile or withoutDirectory";
  return new SlipwayError(
    { code: "ALREADY_EXISTS", at: shown(path), says: "there is something already", hint },
    "usage",
  );
}

/** A file or folder of this machine that cannot be read. */
export function hostUnreadable(path: string, cause: unknown): SlipwayError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const says = code === "ENOENT" ? "there is no such file or directory" : `cannot be read (${code})`;
  const hint = code === "ENOENT" ? "check the path" : "allow reading it, or exclude it";
  return new SlipwayError({ code: "HOST_PATH_UNREADABLE", at: path, says, hint }, "usage", { cause });
}

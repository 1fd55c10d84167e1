import { open } from "node:fs/promises";
import { SlipwayError } from "../../core/errors.ts";

/** A config or a manifest that is larger is not one. */
const LIMIT_BYTES = 1024 * 1024;

/** A text file of at most 1 MiB, `undefined` when there is none. Throws `FILE_UNREADABLE` or `FILE_TOO_LARGE` (exit 2). */
export async function readText(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    if (size > LIMIT_BYTES) {
      throw new SlipwayError(
        {
          code: "FILE_TOO_LARGE",
          at: path,
          says: `has ${size} bytes, more than ${LIMIT_BYTES}`,
          hint: "give the right file",
        },
        "usage",
      );
    }
    return await file.readFile("utf8");
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown fault";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new SlipwayError(
      {
        code: "FILE_UNREADABLE",
        at: path,
        says: `cannot be read: ${code}`,
        hint: "check the path and its permissions",
      },
      "usage",
      { cause: error },
    );
  }
}

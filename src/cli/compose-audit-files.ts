import { readFile } from "node:fs/promises";
import { SlipwayError } from "../core/errors.ts";

/** The bytes of a file that a person named. Throws `FILE_MISSING` or `FILE_UNREADABLE` (exit 2). */
export async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const isMissing = code === "ENOENT";
    throw new SlipwayError(
      {
        code: isMissing ? "FILE_MISSING" : "FILE_UNREADABLE",
        at: file,
        says: isMissing ? "there is no such file" : `cannot be read: ${code}`,
        hint: "check the path and its permissions",
      },
      "usage",
      { cause: error },
    );
  }
}

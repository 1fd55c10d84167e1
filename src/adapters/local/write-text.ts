import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";

/** Writes a text file, over one that is there. Throws `FILE_UNWRITABLE` (exit 2). */
export async function writeText(file: string, text: string): Promise<void> {
  const path = resolve(file);
  try {
    await writeFile(path, text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
    throw new SlipwayError(
      { code: "FILE_UNWRITABLE", at: path, says: `cannot be written: ${code}`, hint: "name another file" },
      "usage",
      { cause: error },
    );
  }
}

import { randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const BYTES = 32;

/** The cache's own random bytes, made once: without them nobody can test guesses of a secret against a cache key. */
export async function cacheSalt(folder: string): Promise<Uint8Array> {
  const file = join(folder, "salt");
  const unfinished = `${file}.${randomUUID()}`;
  for (;;) {
    const known = await readFile(file).catch(() => undefined);
    if (known?.length === BYTES) return known;
    // A damaged one is replaced; its keys are then never found again, which is safe.
    if (known !== undefined) await rm(file, { force: true });

    await writeFile(unfinished, randomBytes(BYTES), { mode: 0o600 });
    // Of several engines that start at once the first one's salt counts for all.
    await link(unfinished, file).catch(() => {});
    await rm(unfinished, { force: true });
  }
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { anchorProblem } from "../../core/anchor-problem.ts";
import { anchoredName } from "../../core/anchored-name.ts";
import type { Anchor, AnchoredCheckpoint } from "../../ports/anchor.ts";
import { createForGood } from "./create-for-good.ts";
import { translated } from "./translate-anchor-fault.ts";

/**
 * Checkpoints as read-only files of a folder, for practice. Nothing here is ever changed or deleted, so every retention
 * date is kept; but whoever owns the folder can do both, which is what an anchor with a lock is for.
 */
export function fileAnchor(folder: string): Anchor {
  const place = `file:${folder}`;
  const checkpoints = (log: string) => join(folder, "checkpoints", anchoredName(log));
  const documents = (name: string) => join(folder, "documents", anchoredName(name));

  async function readNewest(name: string): Promise<{ number: number; text: string | undefined }> {
    const newest = (await numbered(documents(name), "txt")).at(-1);
    if (newest === undefined) return { number: 0, text: undefined };
    return { number: newest.number, text: await readFile(newest.path, "utf8") };
  }

  return {
    place,
    keep: (checkpoint) =>
      translated(place, async () => {
        const path = join(checkpoints(checkpoint.log), fileName(checkpoint.size, "note"));
        await createForGood(path, checkpoint.note);
        if ((await readFile(path, "utf8")) === checkpoint.note) return;
        throw anchorProblem(
          "ANCHOR_DIFFERS",
          place,
          `another note is kept for size ${checkpoint.size} of ${checkpoint.log}`,
        );
      }),

    kept: (log, fromSize = 0) =>
      translated(place, async () => {
        const kept: AnchoredCheckpoint[] = [];
        for (const { number, path } of await numbered(checkpoints(log), "note"))
          if (number >= fromSize) kept.push({ log, size: number, note: await readFile(path, "utf8") });
        return kept;
      }),

    putDocument: (name, text) =>
      translated(place, async () => {
        // Whoever writes at the same moment takes the next number.
        for (;;) {
          const newest = await readNewest(name);
          if (newest.text === text) return;
          const path = join(documents(name), fileName(newest.number + 1, "txt"));
          if (!(await createForGood(path, text))) continue;
          if ((await readFile(path, "utf8")) === text) return;
          throw anchorProblem("ANCHOR_DIFFERS", place, `${name} does not read as it was written`);
        }
      }),

    getDocument: (name) => translated(place, async () => (await readNewest(name)).text),
  };
}

// So many digits that every record number fits and names sort as numbers do.
function fileName(number: number, ending: string): string {
  return `${String(number).padStart(16, "0")}.${ending}`;
}

async function numbered(folder: string, ending: string): Promise<{ number: number; path: string }[]> {
  const pattern = new RegExp(`^(\\d{16})\\.${ending}$`);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), path: join(folder, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

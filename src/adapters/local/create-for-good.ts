import { randomUUID } from "node:crypto";
import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a read-only file under a name that nothing has yet; answers false when the name is taken. Once it resolves,
 * the file is on the disk with its name, and nobody ever sees a part of it: a link cannot replace what is there.
 */
export async function createForGood(path: string, text: string): Promise<boolean> {
  const folder = dirname(path);
  const first = await ensureFolder(folder);
  const fresh = join(folder, `.${randomUUID()}.new`);
  let taken = false;
  try {
    await writeThrough(fresh, text);
    await link(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    taken = true;
  } finally {
    await rm(fresh, { force: true });
  }
  // A name that was there already may be one whose writer was killed just before this.
  await flushFolders(folder, first === undefined ? folder : dirname(first));
  return !taken;
}

/** Makes a folder and those above it; answers the topmost new one. Node's own way tells ENOENT for a read-only disk. */
async function ensureFolder(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, 0o755);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return undefined;
    if (code !== "ENOENT" || folder === dirname(folder)) throw error;
  }
  const first = await ensureFolder(dirname(folder));
  return (await ensureFolder(folder)) === undefined ? first : (first ?? folder);
}

async function writeThrough(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o444);
  await file.writeFile(text);
  await file.sync();
}

/** From a folder up to the one that holds the topmost new name. */
async function flushFolders(from: string, to: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    await using handle = await open(folder, "r");
    await handle.sync();
    if (folder === to || folder === dirname(folder)) return;
  }
}

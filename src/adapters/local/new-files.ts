import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { link, lstat, mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import type { NewFile, NewFiles, NewFolder } from "../../ports/new-files.ts";

/** Characters that are written at once. */
const PIECE = 1 << 20;

/** Files of this machine; a draft beside the name gets the name when it is complete. */
export const newFiles: NewFiles = {
  async folder(path) {
    const place = resolve(path);
    await refuseTaken(place);
    try {
      await mkdir(dirname(place), { recursive: true });
      const draft = await mkdtemp(join(dirname(place), `.${basename(place)}.`));
      return new DraftFolder(place, draft);
    } catch (error) {
      throw unwritable(place, error);
    }
  },

  async file(path, content) {
    const place = resolve(path);
    await refuseTaken(place);
    const draft = join(dirname(place), `.${basename(place)}.${randomUUID()}`);
    try {
      await mkdir(dirname(place), { recursive: true });
      const handle = await open(draft, "wx", 0o644);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // A link, unlike a rename, does not replace what somebody else wrote meanwhile.
      await link(draft, place);
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? taken(place) : unwritable(place, error);
    } finally {
      await rm(draft, { force: true });
    }
  },
};

class DraftFolder implements NewFolder {
  readonly #place: string;
  readonly #draft: string;
  readonly #files = new Map<string, DraftFile>();

  constructor(place: string, draft: string) {
    this.#place = place;
    this.#draft = draft;
  }

  open(name: string): NewFile {
    this.#files.get(name)?.close(false);
    const file = new DraftFile(join(this.#draft, name), join(this.#place, name));
    this.#files.set(name, file);
    return file;
  }

  async finish(): Promise<void> {
    for (const file of this.#files.values()) file.close(true);
    await refuseTaken(this.#place);
    try {
      await rename(this.#draft, this.#place);
    } catch (error) {
      throw unwritable(this.#place, error);
    }
  }

  async abandon(): Promise<void> {
    for (const file of this.#files.values()) file.close(false);
    await rm(this.#draft, { recursive: true, force: true });
  }
}

class DraftFile implements NewFile {
  readonly #descriptor: number;
  readonly #name: string;
  #pending = "";
  #isOpen = true;

  constructor(path: string, name: string) {
    this.#name = name;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#descriptor = openSync(path, "w", 0o644);
    } catch (error) {
      throw unwritable(name, error);
    }
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= PIECE) this.#flush();
  }

  /** @param keep false: what is still to be written is thrown away */
  close(keep: boolean): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      if (keep) this.#flush();
      if (keep) fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending, "utf8");
    this.#pending = "";
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      throw unwritable(this.#name, error);
    }
  }
}

async function refuseTaken(place: string): Promise<void> {
  const found = await lstat(place).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unwritable(place, error);
  });
  if (found !== undefined) throw taken(place);
}

function taken(place: string): SlipwayError {
  return new SlipwayError(
    { code: "FILE_EXISTS", at: place, says: "is there already", hint: "give a name that nothing has yet" },
    "usage",
  );
}

function unwritable(place: string, error: unknown): SlipwayError {
  const code = codeOf(error);
  const says = code === "ENOSPC" ? "cannot be written: the disk is full" : `cannot be written: ${code}`;
  const hint =
    code === "ENOSPC" ? "free some space, or write it elsewhere" : "check the path and its permissions";
  return new SlipwayError({ code: "FILE_UNWRITABLE", at: place, says, hint }, "verifyFailed", {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Entries of another version are misses. */
const VERSION = 1;

/**
 * Results on disk, shared by all engines of this machine. Anything that is not exactly what was written is a miss.
 */
export class ResultCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The value kept under the key, or undefined. `key` is a hash in base64url. */
  async find<V>(key: string): Promise<V | undefined> {
    try {
      const { version, sum, body } = JSON.parse(await readFile(this.#file(key), "utf8")) as Entry;
      if (version !== VERSION || sum !== sumOf(key, body)) return undefined;
      return JSON.parse(body) as V;
    } catch {
      return undefined;
    }
  }

  /** Keeps a value that JSON can hold. Written beside its place and renamed, so that a reader sees all or nothing. */
  async keep(key: string, value: unknown): Promise<void> {
    const file = this.#file(key);
    const body = JSON.stringify(value);
    const unfinished = `${file}.${randomUUID()}`;
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(unfinished, JSON.stringify({ version: VERSION, sum: sumOf(key, body), body }), {
        mode: 0o600,
      });
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  #file(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key}.json`);
  }
}

interface Entry {
  readonly version: number;
  readonly sum: string;
  readonly body: string;
}

function sumOf(key: string, body: string): string {
  return createHash("sha256").update(`${key}\n${body}`).digest("base64url");
}

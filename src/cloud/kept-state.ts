import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * State that outlives the daemon: one JSON file, replaced as a whole.
 *
 * `save` writes before it returns, so what was answered to a client is on disk. A file that was torn by a crash cannot
 * occur: the new text takes the old one's name in one step.
 */
export class KeptState<T extends object> {
  readonly #path: string | undefined;
  readonly value: T;

  /** Without a path nothing is kept. Throws when the file is there and is not JSON. */
  constructor(path: string | undefined, empty: T) {
    this.#path = path;
    this.value = { ...empty, ...(path === undefined ? {} : (readJson(path) as Partial<T>)) };
  }

  save(): void {
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const fresh = `${this.#path}.new`;
    writeFileSync(fresh, JSON.stringify(this.value), { mode: 0o600 });
    renameSync(fresh, this.#path);
  }
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  return JSON.parse(text);
}

import { closeSync, constants, fchmodSync, lstatSync, openSync, writeSync } from "node:fs";
import { chmod, link, lstat, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { ReadableStream } from "node:stream/web";
import type { TarHeader } from "modern-tar";
import { type TarEntry, unsafeLayer } from "./tar-entry.ts";

/** Writes the entries of one layer into a folder, never outside it. */
export class LayerWriter {
  readonly #folder: string;
  /** Directories that are known to be real ones, not symlinks. */
  readonly #folders = new Set<string>([""]);
  readonly #removed: string[] = [];
  readonly #opaque: string[] = [];
  readonly #modes: Record<string, number> = {};
  readonly #owners: Record<string, { uid: number; gid: number }> = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  get facts() {
    return { removed: this.#removed, opaque: this.#opaque, modes: this.#modes, owners: this.#owners };
  }

  /** Writes one entry; `body` is read to its end or thrown away. Throws LAYER_UNSAFE. */
  async write(entry: TarEntry, header: TarHeader, body: ReadableStream<Uint8Array>): Promise<void> {
    if (entry.kind === "file") return this.#file(entry.path, header, body);
    await body.cancel();
    switch (entry.kind) {
      case "directory":
        return this.#directory(entry.path, header);
      case "symlink":
        await symlink(entry.target, await this.#freePlace(entry.path));
        return this.#own(entry.path, header);
      case "link":
        return this.#link(entry.path, entry.target, header);
      case "removed":
        this.#removed.push(entry.path);
        return;
      case "opaque":
        this.#opaque.push(entry.path);
        return;
      case "nothing":
        return;
      default:
        return entry satisfies never;
    }
  }

  async #file(path: string, header: TarHeader, body: ReadableStream<Uint8Array>): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = openSync(await this.#freePlace(path), flags, 0o600);
    try {
      for await (const chunk of body)
        for (let written = 0; written < chunk.length;) written += writeSync(file, chunk, written);
      fchmodSync(file, this.#readable(path, header.mode ?? 0o644, 0o400));
    } finally {
      closeSync(file);
    }
    this.#own(path, header);
  }

  async #directory(path: string, header: TarHeader): Promise<void> {
    if (!this.#folders.has(path)) {
      const place = await this.#place(path);
      const there = kindAt(place);
      if (there === "other") await rm(place);
      if (there !== "directory") await mkdir(place);
      this.#folders.add(path);
    }
    // Kept open for its owner: its content is still to come.
    await chmod(join(this.#folder, path), this.#readable(path, header.mode ?? 0o755, 0o700));
    this.#own(path, header);
  }

  async #link(path: string, target: string, header: TarHeader): Promise<void> {
    const source = await this.#place(target);
    const found = await lstat(source).catch(() => undefined);
    // A link to a symlink would be followed by whoever reads it later, and a link to nothing means another layer.
    if (found === undefined || !found.isFile())
      throw unsafeLayer(header.name, `it links to "${target}", which is not a file of this layer`);
    await link(source, await this.#freePlace(path));
    const mode = this.#modes[target];
    if (mode !== undefined) this.#modes[path] = mode;
    this.#own(path, header);
  }

  /** The place of a new entry; an earlier one of the same layer makes room. */
  async #freePlace(path: string): Promise<string> {
    const place = await this.#place(path);
    const there = kindAt(place);
    if (there !== undefined) await rm(place, { recursive: true });
    if (there === "directory")
      for (const folder of this.#folders)
        if (`${folder}/`.startsWith(`${path}/`)) this.#folders.delete(folder);
    return place;
  }

  /** Where a path lies; every folder above it is a real directory of this layer, made if it is missing. */
  async #place(path: string): Promise<string> {
    const slash = path.lastIndexOf("/");
    if (slash > 0) await this.#realFolder(path.slice(0, slash));
    return join(this.#folder, path);
  }

  async #realFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) return;
    const slash = path.lastIndexOf("/");
    if (slash > 0) await this.#realFolder(path.slice(0, slash));
    const place = join(this.#folder, path);
    const there = kindAt(place);
    if (there === "other") throw unsafeLayer(path, "it lies behind a symlink or a file of the same layer");
    if (there === undefined) await mkdir(place, { mode: 0o755 });
    this.#folders.add(path);
  }

  #readable(path: string, wanted: number, needed: number): number {
    const mode = wanted & 0o7777;
    delete this.#modes[path];
    if ((mode & needed) !== needed) this.#modes[path] = mode;
    return mode | needed;
  }

  #own(path: string, { uid = 0, gid = 0 }: TarHeader): void {
    delete this.#owners[path];
    if (uid !== 0 || gid !== 0) this.#owners[path] = { uid, gid };
  }
}

function kindAt(place: string): "directory" | "other" | undefined {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? "directory" : "other";
}

import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Turns } from "../../machine/oci/turns.ts";
import type { LayerFacts } from "./layer-file.ts";
import { byName, foldersAbove } from "./paths.ts";
import { type TreeNode, childrenOf, rootOf, statOf } from "./tree.ts";
import type { Owner, Ownership, Snapshot } from "./types.ts";

const ROOT_OWNER: Owner = { uid: 0, gid: 0 };

/** A layer that is being written on top of a snapshot. Paths are in the snapshot, with all symlinks resolved. */
export class Draft {
  readonly #folder: string;
  readonly #lower: Snapshot;
  readonly #copies: boolean;
  readonly #made = new Set<string>();
  readonly #turns = new Turns();
  readonly #removed: string[] = [];
  readonly #modes: Record<string, number> = {};
  readonly #owners: Record<string, Owner> = {};

  /** `copies`: never share files with the store, because the folder is not part of it. */
  constructor(folder: string, lower: Snapshot, options: { copies?: boolean } = {}) {
    this.#folder = folder;
    this.#lower = lower;
    this.#copies = options.copies === true;
  }

  get facts(): LayerFacts {
    return { removed: this.#removed.toSorted(byName), modes: this.#modes, owners: this.#owners };
  }

  /** A directory, with its parents as the lower layers have them; missing ones get 0755 or `permissions`. */
  async directory(path: string, options: Ownership & { like?: TreeNode } = {}): Promise<void> {
    for (const folder of foldersAbove(path)) await this.#folderAsBelow(folder, options);
    if (path !== "" && this.#made.has(path)) return;
    const like = options.like === undefined ? undefined : await statOf(options.like);
    const below = like ?? (await this.#below(path));
    this.#made.add(path);
    if (path !== "") mkdirSync(join(this.#folder, path));
    const wanted = like === undefined && below !== undefined ? undefined : options;
    const mode = wanted?.permissions ?? below?.mode ?? 0o755;
    this.#settle(path, mode, wanted?.owner ?? below?.owner, 0o700);
  }

  /** A copy of a file or symlink from the store. */
  async copy(node: TreeNode, path: string, options: Ownership = {}): Promise<void> {
    await this.#turns.next();
    await this.#parents(path);
    const stat = await statOf(node);
    const { source } = node.parts[0];
    const target = join(this.#folder, path);
    if (stat.kind === "symlink") {
      symlinkSync(stat.target, target);
      this.#own(path, options.owner ?? stat.owner);
      return;
    }
    const mode = options.permissions ?? stat.mode;
    const shared = !this.#copies && mode === stat.mode && linked(source, target);
    if (!shared) copyFileSync(source, target, constants.COPYFILE_FICLONE);
    this.#settle(path, mode, options.owner ?? stat.owner, 0o400);
  }

  async file(path: string, content: string | Uint8Array, options: Ownership = {}): Promise<void> {
    await this.#parents(path);
    writeFileSync(join(this.#folder, path), content);
    this.#settle(path, options.permissions ?? 0o644, options.owner, 0o400);
  }

  async symlink(path: string, target: string): Promise<void> {
    await this.#parents(path);
    symlinkSync(target, join(this.#folder, path));
  }

  async remove(path: string): Promise<void> {
    await this.#parents(path);
    this.#removed.push(path);
  }

  async #parents(path: string): Promise<void> {
    for (const folder of foldersAbove(path)) await this.#folderAsBelow(folder, {});
  }

  async #folderAsBelow(folder: string, options: Ownership): Promise<void> {
    if (this.#made.has(folder)) return;
    this.#made.add(folder);
    const below = await this.#below(folder);
    mkdirSync(join(this.#folder, folder));
    const mode = below?.mode ?? options.permissions ?? 0o755;
    this.#settle(folder, mode, below?.owner ?? options.owner, 0o700);
  }

  async #below(path: string): Promise<{ mode: number; owner: Owner } | undefined> {
    let node = rootOf(this.#lower);
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (node?.kind !== "directory") return undefined;
      node = (await childrenOf(node)).get(name);
    }
    return node?.kind === "directory" ? statOf(node) : undefined;
  }

  /** Gives an entry its mode, kept open for its owner by `needed`; the facts remember what it should be. */
  #settle(path: string, mode: number, owner: Owner | undefined, needed: number): void {
    const place = join(this.#folder, path);
    const onDisk = this.#copies ? mode : mode | needed;
    if ((lstatSync(place).mode & 0o7777) !== onDisk) chmodSync(place, onDisk);
    if (onDisk !== mode) this.#modes[path] = mode;
    this.#own(path, owner);
  }

  #own(path: string, owner: Owner | undefined): void {
    if (owner !== undefined && (owner.uid !== ROOT_OWNER.uid || owner.gid !== ROOT_OWNER.gid))
      this.#owners[path] = owner;
  }
}

// A file has room for a limited number of links, and a file of another owner may not be linked at all.
function linked(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMLINK" || code === "EPERM" || code === "EXDEV") return false;
    throw error;
  }
}

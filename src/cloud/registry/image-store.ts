import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KeptState } from "../kept-state.ts";
import { BlobFolder, digestOf, isDigest } from "./blob-folder.ts";
import { readManifest } from "./manifest.ts";
import { digestInvalid, RegistryError } from "./registry-error.ts";

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** Bytes of the manifest's layers and config. */
  readonly contentSize: number;
  readonly artifactType: string | undefined;
  /** Digest of the manifest that this one says something about. */
  readonly subject: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Seconds since the epoch. */
  readonly pushedAt: number;
}

export interface Repository {
  readonly name: string;
  readonly createdAt: number;
  mutability: "MUTABLE" | "IMMUTABLE";
  /** By digest. */
  readonly manifests: Record<string, StoredManifest>;
  /** Tag → digest. */
  readonly tags: Record<string, string>;
  /** Digests that were pushed to this repository. */
  readonly blobs: Record<string, true>;
}

const TAG = /^\w[\w.-]{0,127}$/;

/** Repositories with their images: what ECR administers and the registry serves. */
export class ImageStore {
  readonly blobs: BlobFolder;
  readonly #state: KeptState<{ repositories: Record<string, Repository> }>;
  readonly #account: string;

  constructor(folder: string, account: string) {
    this.blobs = new BlobFolder(folder);
    this.#state = new KeptState(join(folder, "repositories.json"), { repositories: {} });
    this.#account = account;
  }

  all(): Repository[] {
    return Object.values(this.#state.value.repositories);
  }

  find(name: string): Repository | undefined {
    return Object.hasOwn(this.#state.value.repositories, name)
      ? this.#state.value.repositories[name]
      : undefined;
  }

  create(name: string, mutability: Repository["mutability"], now: number): Repository {
    const fresh: Repository = { name, createdAt: now, mutability, manifests: {}, tags: {}, blobs: {} };
    this.#state.value.repositories[name] = fresh;
    this.save();
    return fresh;
  }

  /** For the registry: throws NAME_UNKNOWN. As on ECR, a push does not create the repository. */
  open(name: string): Repository {
    const found = this.find(name);
    if (found !== undefined) return found;
    const says = `The repository with name '${name}' does not exist in the registry with id '${this.#account}'`;
    throw new RegistryError(404, "NAME_UNKNOWN", says);
  }

  hold(repository: Repository, digest: string): void {
    repository.blobs[digest] = true;
    this.save();
  }

  /** By tag or digest; undefined when the repository has no such image. */
  manifest(repository: Repository, reference: string): StoredManifest | undefined {
    const digest = isDigest(reference) ? reference : repository.tags[reference];
    return digest === undefined ? undefined : repository.manifests[digest];
  }

  /** The manifest's bytes; undefined when its file is gone. */
  async read(digest: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.blobs.path(digest));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Takes a manifest in, under a tag or its digest, once everything it names is there. */
  async put(
    repository: Repository,
    reference: string,
    bytes: Buffer,
    contentType: string,
    now: number,
  ): Promise<StoredManifest> {
    const digest = digestOf(bytes);
    if (reference.includes(":")) {
      if (reference !== digest) throw digestInvalid(reference, digest);
    } else this.#mayTag(repository, reference, digest);

    const told = readManifest(bytes, contentType);
    for (const needed of told.needs) {
      const there =
        needed.kind === "blob" ? repository.blobs[needed.digest] : repository.manifests[needed.digest];
      if (there !== undefined) continue;
      const says = `the manifest names ${needed.digest}, which was not pushed to ${repository.name}`;
      throw new RegistryError(400, "MANIFEST_BLOB_UNKNOWN", says, { digest: needed.digest });
    }

    await this.blobs.write(bytes);
    const stored = repository.manifests[digest] ?? {
      digest,
      mediaType: told.mediaType,
      size: bytes.length,
      contentSize: told.contentSize,
      artifactType: told.artifactType,
      subject: told.subject,
      annotations: told.annotations,
      pushedAt: now,
    };
    repository.manifests[digest] = stored;
    if (!reference.includes(":")) repository.tags[reference] = digest;
    this.save();
    return stored;
  }

  save(): void {
    this.#state.save();
  }

  #mayTag(repository: Repository, tag: string, digest: string): void {
    if (!TAG.test(tag)) throw new RegistryError(400, "MANIFEST_INVALID", `"${tag}" is not a tag`);
    const taken = repository.tags[tag];
    if (taken === undefined || taken === digest || repository.mutability === "MUTABLE") return;
    const says = `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`;
    throw new RegistryError(400, "TAG_INVALID", says);
  }
}

import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { SlipwayError } from "../../core/errors.ts";
import { hostBaseByName, type HostBase } from "../../machine/oci/host-base.ts";
import { BASE_LABEL, type Image, type RunConfig } from "../../machine/oci/image-types.ts";
import { layHostRoot } from "../../machine/oci/lay-host-root.ts";
import { pullImage } from "../../machine/oci/pull-image.ts";
import { parseReference } from "../../machine/oci/reference.ts";
import type { RegistryCredentials } from "../../machine/oci/registry-types.ts";
import { unpackLayer } from "../../machine/oci/unpack-layer.ts";
import type { Bind } from "../../machine/sandbox/types.ts";
import { mergeLayer } from "./merge-layer.ts";

/** An image made ready to run: its whole root in one folder, and how it runs. */
export interface ImageRoot {
  readonly digest: string;
  readonly folder: string;
  readonly binds: readonly Bind[];
  /** The base's own settings with the image's over them. */
  readonly config: RunConfig;
}

/** Roots of images that no task uses are deleted from the oldest on when there are more than this. */
const ROOTS_KEPT = 8;

/** Pulled images as root folders on disk, by digest. An image is pulled and unpacked once. */
export class ImageRoots {
  readonly #folder: string;
  readonly #credentialsFor: (registry: string) => RegistryCredentials | undefined;
  readonly #making = new Map<string, Promise<ImageRoot>>();
  readonly #inUse = new Map<string, number>();

  constructor(folder: string, credentialsFor: (registry: string) => RegistryCredentials | undefined) {
    this.#folder = folder;
    this.#credentialsFor = credentialsFor;
  }

  /** Throws SlipwayError with the registry's words, or when this machine lacks the image's base. */
  async get(image: string): Promise<ImageRoot> {
    const running = this.#making.get(image) ?? this.#make(image);
    this.#making.set(image, running);
    try {
      return await running;
    } finally {
      this.#making.delete(image);
    }
  }

  /** Keeps a root from being deleted. Answers how to let it go. */
  use(root: ImageRoot): () => void {
    this.#inUse.set(root.folder, (this.#inUse.get(root.folder) ?? 0) + 1);
    return () => this.#inUse.set(root.folder, (this.#inUse.get(root.folder) ?? 1) - 1);
  }

  async #make(name: string): Promise<ImageRoot> {
    const reference = parseReference(name);
    if (reference === undefined)
      throw problem("IMAGE_NAME_INVALID", name, "this is not the name of an image");
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const work = await mkdtemp(join(this.#folder, "pull-"));
    try {
      const credentials = this.#credentialsFor(reference.registry);
      const pulled = await pullImage(
        reference,
        join(work, "blobs"),
        credentials === undefined ? {} : { credentials },
      );
      return await this.#unpack(name, pulled, work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async #unpack(name: string, image: Image, work: string): Promise<ImageRoot> {
    const base = await baseOf(image);
    const { digest } = image.manifest.descriptor;
    // The base is this machine's and may change under an image whose digest stays the same.
    const baseName = base === undefined ? "" : `-${base.version}`;
    const folder = join(this.#folder, `${digest.replace(":", "-")}${baseName}`);
    const made = {
      digest,
      folder,
      binds: base?.binds ?? [],
      config: withBase(image.config.config, base?.config),
    };
    if (await stat(folder).catch(() => undefined)) {
      await utimes(folder, new Date(), new Date());
      return made;
    }
    const root = join(work, "root");
    await mkdir(root, { mode: 0o755 });
    if (base !== undefined) await layHostRoot(root, base);
    for (const [index, layer] of image.layers.entries()) {
      const unpacked = join(work, `layer-${index}`);
      await mkdir(unpacked, { mode: 0o755 });
      const facts = await unpackLayer(layerContent(layer), unpacked);
      if (facts.diffId !== image.config.rootfs.diff_ids[index]) {
        throw problem(
          "DIGEST_MISMATCH",
          name,
          `layer ${index} holds ${facts.diffId}, its config says otherwise`,
        );
      }
      await mergeLayer(unpacked, root, facts);
      await rm(unpacked, { recursive: true, force: true });
    }
    await rename(root, folder);
    await this.#deleteOld();
    return made;
  }

  async #deleteOld(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith("sha256-"));
    const unused = names.map((name) => join(this.#folder, name)).filter((path) => !this.#inUse.get(path));
    const dated = await Promise.all(unused.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
    for (const { path } of dated.toSorted((a, b) => b.at - a.at).slice(ROOTS_KEPT)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function baseOf(image: Image): Promise<HostBase | undefined> {
  const name = image.config.config.Labels?.[BASE_LABEL];
  if (name === undefined) return undefined;
  const found = await hostBaseByName(name);
  if ("problem" in found) throw new SlipwayError(found.problem, "verifyFailed");
  return found.base;
}

function withBase(config: RunConfig, base: RunConfig | undefined): RunConfig {
  return { ...base, ...config, Env: [...(base?.Env ?? []), ...(config.Env ?? [])] };
}

function layerContent(layer: Image["layers"][number]) {
  if ("file" in layer.content) return createReadStream(layer.content.file);
  return Readable.from([layer.content.bytes]);
}

function problem(code: string, at: string, says: string): SlipwayError {
  return new SlipwayError({ code, at, says, hint: "push the image again" }, "verifyFailed");
}

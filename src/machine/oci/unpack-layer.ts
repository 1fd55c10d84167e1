import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ParsedTarEntry, createTarDecoder } from "modern-tar";
import { SlipwayError } from "../../core/errors.ts";
import { decompressor } from "./decompress.ts";
import { DigestMeter } from "./digest.ts";
import { LayerWriter } from "./layer-writer.ts";
import { tarEntry, unsafeLayer } from "./tar-entry.ts";

export interface UnpackLimits {
  /** Bytes of the decompressed tar. */
  readonly bytes: number;
  readonly entries: number;
}

export interface UnpackedLayer {
  /** Names of lower layers that the layer hides (`.wh.name`). */
  readonly removed: readonly string[];
  /** Directories that hide all that lower layers have in them (`.wh..wh..opq`). */
  readonly opaque: readonly string[];
  /** Permission bits that could not be given to the files, because their owner must be able to read them. */
  readonly modes: Readonly<Record<string, number>>;
  /** Owners other than 0:0. */
  readonly owners: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
  /** Digest of the decompressed tar. */
  readonly diffId: string;
}

const LIMITS: UnpackLimits = { bytes: 32 * 1024 ** 3, entries: 2_000_000 };

/**
 * Unpacks a layer (tar, gzip or zstd by its first bytes) into an empty folder. Removals are answered as lists, no device
 * is made; extended attributes are dropped. Throws LAYER_UNSAFE for paths that leave the folder, also through symlinks
 * and hard links, for devices, sizes above the limits, and what is not a tar.
 */
export async function unpackLayer(
  source: Readable,
  folder: string,
  limits: UnpackLimits = LIMITS,
): Promise<UnpackedLayer> {
  const writer = new LayerWriter(folder);
  const meter = new DigestMeter();
  const decoder = createTarDecoder({ strict: true });
  const { transform, begin } = await decompressor(source);
  const stop = new AbortController();
  const reading = pipeline(
    async function* () {
      yield begin;
      for await (const chunk of source) yield chunk as Buffer;
    },
    transform,
    meter,
    (tar: AsyncIterable<Buffer>) => bounded(tar, meter, limits),
    Writable.fromWeb(decoder.writable),
    { signal: stop.signal },
  );
  const writing = writeEntries(decoder.readable, writer, limits).catch((error: unknown) => {
    stop.abort();
    throw error;
  });
  // The writer's own error says more than the abort that follows from it.
  const [read, written] = await Promise.allSettled([reading, writing]);
  for (const outcome of [written, read]) if (outcome.status === "rejected") throw translated(outcome.reason);
  return { ...writer.facts, diffId: meter.digest() };
}

async function writeEntries(
  entries: AsyncIterable<ParsedTarEntry>,
  writer: LayerWriter,
  limits: UnpackLimits,
): Promise<void> {
  let count = 0;
  for await (const { header, body } of entries) {
    count += 1;
    if (count > limits.entries)
      throw unsafeLayer(header.name, `the layer has more than ${limits.entries} entries`);
    await writer.write(tarEntry(header), header, body);
  }
}

async function* bounded(tar: AsyncIterable<Buffer>, meter: DigestMeter, limits: UnpackLimits) {
  for await (const chunk of tar) {
    if (meter.bytes > limits.bytes) throw unsafeLayer("layer", `it holds more than ${limits.bytes} bytes`);
    yield chunk;
  }
}

// Faults of the disk are passed on; what is left comes from the decompressor and the tar reader, which have no codes of
// their own for "this is not one".
function translated(error: unknown): unknown {
  if (error instanceof SlipwayError || (error instanceof Error && "syscall" in error)) return error;
  return unsafeLayer(
    "layer",
    `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
}

import type { Dirent } from "node:fs";
import { createReadStream, createWriteStream, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type TarHeader, createTarPacker } from "modern-tar";
import { DigestMeter } from "./digest.ts";
import { SMALL_FILE } from "./turns.ts";

/** A directory in overlay notation with what the disk cannot say. The engine's `Layer` is one. */
export interface LayerContent {
  readonly folder: string;
  /** Names of lower layers that this one hides. */
  readonly removed: readonly string[];
  /** Permission bits that differ from the ones on disk. */
  readonly modes: Readonly<Record<string, number>>;
  /** Owners; everything else is 0:0, whoever owns it on disk. */
  readonly owners: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
}

export interface PackedLayer {
  /** Path of the tar.gz. */
  readonly file: string;
  /** Digest of the compressed file. */
  readonly digest: string;
  /** Digest of the tar inside. It does not depend on the version of the compressor, `digest` does. */
  readonly diffId: string;
  /** Bytes of the compressed file. */
  readonly size: number;
}

/** An entry of the tar; `key` is what it is sorted by. */
interface Entry {
  readonly key: string;
  readonly header: TarHeader;
  readonly source?: string;
}

const EPOCH = new Date(0);

/** Writes a reproducible tar.gz of the layer to `file`: sorted, times 0, no names of users, removals as `.wh.` entries. */
export async function packLayer(layer: LayerContent, file: string): Promise<PackedLayer> {
  const removed = new Set(layer.removed);
  const entries: Entry[] = [];
  await collect(layer, "", removed, entries);
  // What the layer itself has replaces the lower entry without a whiteout.
  const own = new Set(entries.map((entry) => entry.key));
  entries.push(...layer.removed.filter((path) => !own.has(path)).map(whiteout));
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));

  const tar = new DigestMeter();
  const gzip = new DigestMeter();
  await pipeline(
    tarOf(entries),
    tar,
    // A middle level: higher ones cost seconds on a `node_modules` and save little.
    createGzip({ level: 4 }),
    gzip,
    createWriteStream(file, { mode: 0o600 }),
  );
  return { file, digest: gzip.digest(), diffId: tar.digest(), size: gzip.bytes };
}

async function collect(layer: LayerContent, path: string, removed: ReadonlySet<string>, entries: Entry[]) {
  for (const dirent of await readdir(join(layer.folder, path), { withFileTypes: true })) {
    const inside = path === "" ? dirent.name : `${path}/${dirent.name}`;
    const source = join(layer.folder, inside);
    const header = headerOf(layer, inside, source, dirent);
    if (header === undefined) continue;
    entries.push(dirent.isFile() ? { key: inside, header, source } : { key: inside, header });
    if (!dirent.isDirectory()) continue;
    // Removed and made again in one layer: nothing of the lower directory shows through.
    if (removed.has(inside)) entries.push(opaqueMark(inside));
    await collect(layer, inside, removed, entries);
  }
}

function headerOf(layer: LayerContent, path: string, source: string, dirent: Dirent) {
  const stats = lstatSync(source);
  const mode = layer.modes[path] ?? stats.mode & 0o7777;
  const common = { mtime: EPOCH, mode, uid: 0, gid: 0, ...layer.owners[path] };
  if (dirent.isFile()) return { ...common, name: path, type: "file", size: stats.size } as const;
  if (dirent.isDirectory()) return { ...common, name: `${path}/`, type: "directory", size: 0 } as const;
  if (!dirent.isSymbolicLink()) return undefined;
  const linkname = readlinkSync(source);
  return { ...common, mode: 0o777, name: path, type: "symlink", linkname, size: 0 } as const;
}

function whiteout(path: string): Entry {
  const slash = path.lastIndexOf("/") + 1;
  const name = `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
  return { key: name, header: { name, type: "file", size: 0, mode: 0o600, mtime: EPOCH, uid: 0, gid: 0 } };
}

// Sorted directly after its directory, before all that the layer puts in it.
function opaqueMark(path: string): Entry {
  const { header } = whiteout(`${path}/.wh..opq`);
  return { key: `${path}/\0`, header };
}

function tarOf(entries: readonly Entry[]): Readable {
  const { readable, controller } = createTarPacker();
  async function write(): Promise<void> {
    for (const { header, source } of entries) {
      const body = controller.add(header);
      if (source === undefined || header.size === 0) await body.close();
      else if (header.size > SMALL_FILE) await pipeline(createReadStream(source), Writable.fromWeb(body));
      else {
        const writer = body.getWriter();
        await writer.write(readFileSync(source));
        await writer.close();
      }
    }
    controller.finalize();
  }
  write().catch((error: unknown) => controller.error(error));
  return Readable.from(inLargePieces(readable), { objectMode: false });
}

// Tar comes in blocks of 512 bytes, and each piece costs its way through hash and compressor.
async function* inLargePieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < 256 * 1024) continue;
    yield Buffer.concat(pieces);
    [pieces, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(pieces);
}

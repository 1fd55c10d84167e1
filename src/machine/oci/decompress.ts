import { PassThrough, type Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** The stream's content, decompressed when its first bytes say gzip or zstd; anything else is passed on as it is. */
export async function decompressor(source: Readable): Promise<{ transform: Transform; begin: Buffer }> {
  const begin = await firstBytes(source);
  if (begin[0] === 0x1f && begin[1] === 0x8b) return { transform: createGunzip(), begin };
  const zstd = begin[0] === 0x28 && begin[1] === 0xb5 && begin[2] === 0x2f && begin[3] === 0xfd;
  return { transform: zstd ? createZstdDecompress() : new PassThrough(), begin };
}

async function firstBytes(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= 4) break;
  }
  return Buffer.concat(chunks);
}

import { Readable } from "node:stream";
import { type TarHeader, packTar } from "modern-tar";

/** A tar as anyone might send it, with whatever headers. */
export async function aTar(
  ...entries: (Partial<TarHeader> & { name: string; body?: string })[]
): Promise<Readable> {
  const bytes = await packTar(
    entries.map(({ body = "", ...header }) => ({
      header: { size: Buffer.byteLength(body), ...header },
      body,
    })),
  );
  return Readable.from([Buffer.from(bytes)]);
}

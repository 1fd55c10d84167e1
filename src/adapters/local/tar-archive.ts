import { packTar, unpackTar } from "modern-tar";
import { SlipwayError } from "../../core/errors.ts";
import type { Archive } from "../../ports/archive.ts";

const EPOCH = new Date(0);

/** A tar without anything of this machine in it: no owner, no time. */
export const tarArchive: Archive = {
  pack: (files) =>
    packTar(
      [...files]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, body]) => ({
          header: { name, type: "file", size: body.length, mode: 0o644, mtime: EPOCH, uid: 0, gid: 0 },
          body,
        })),
    ),

  async unpack(archive) {
    const entries = await unpackTar(archive, { strict: true }).catch((error: unknown) => {
      throw problem("UNREADABLE", "it is no tar archive, or it was cut", error);
    });
    const files = new Map<string, Uint8Array>();
    for (const { header, data } of entries) {
      if (header.type !== "file" || data === undefined || files.has(header.name)) {
        throw problem("UNEXPECTED", `it holds ${JSON.stringify(header.name)} twice, or not as a plain file`);
      }
      files.set(header.name, data);
    }
    return files;
  },
};

function problem(code: string, says: string, cause?: unknown): SlipwayError {
  const hint = "give the file that `slipway evidence` wrote";
  return new SlipwayError({ code: `ARCHIVE_${code}`, at: "--evidence", says, hint }, "usage", { cause });
}

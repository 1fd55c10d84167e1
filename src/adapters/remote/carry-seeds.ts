import { createHash } from "node:crypto";
import type { SeedFile } from "../../core/seed/types.ts";
import type { CarriedFolder } from "../../core/worker/calls.ts";

const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/** Seeds for a worker that has none of the app's files: the bytes that were read, in the order in which they run. */
export function carrySeeds(files: readonly SeedFile[]): CarriedFolder {
  return {
    files: files.map(({ file, sql, sha256 }) => ({
      in: "seeds",
      file,
      base64: bytesOf(sql, sha256).toString("base64"),
      sha256,
    })),
    rendered: {},
  };
}

// A mark at the beginning of a file is no part of its text.
function bytesOf(sql: string, sha256: string): Buffer {
  const bytes = Buffer.from(sql);
  const isWhole = createHash("sha256").update(bytes).digest("hex") === sha256;
  return isWhole ? bytes : Buffer.concat([BYTE_ORDER_MARK, bytes]);
}

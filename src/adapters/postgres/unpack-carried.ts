import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import type { CarriedFile, CarriedFolder } from "../../core/worker/calls.ts";
import type { SeedFile } from "../../core/seed/types.ts";
import type { Unpacked } from "../../ports/worked-database.ts";
import { canonicalHash } from "./canonical-hash.ts";
import { rememberRendered } from "./rendered-elsewhere.ts";
import { seedText } from "./seed-folder.ts";

/**
 * Writes what was carried into a new folder below `home`, but seeds, which nobody looks for in a folder. What is there then
 * is what the deployment has read: as a whole, and each file by its own checksum. Throws `WORKER_TEXTS_DIFFER` (exit 11).
 */
export async function unpackCarried(home: string, carried: CarriedFolder, sha256: string): Promise<Unpacked> {
  if (canonicalHash(carried) !== sha256) throw differs("migrations");
  const folder = join(home, sha256, "migrations");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(join(home, sha256, "checks"), { mode: 0o700, recursive: true });
  const seeds: SeedFile[] = [];
  for (const one of carried.files) {
    const bytes = bytesOf(one);
    if (one.in === "seeds") {
      seeds.push(seedOf(one, bytes));
      continue;
    }
    if (basename(one.file) !== one.file) throw differs(one.file);
    const place = one.in === "checks" ? "checks" : "migrations";
    await writeFile(join(home, sha256, place, one.file), bytes, { mode: 0o600 });
  }
  rememberRendered(folder, new Map(Object.entries(carried.rendered)));
  return { folder, seeds };
}

function bytesOf({ file, base64, sha256 }: CarriedFile): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw differs(file);
  return bytes;
}

function seedOf({ file, sha256 }: CarriedFile, bytes: Buffer): SeedFile {
  const sql = seedText(bytes);
  if (sql === undefined) throw differs(file);
  return { file, sql, sha256 };
}

function differs(file: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_TEXTS_DIFFER",
      at: file,
      says: "came to the worker other than the deployment has read it: the checksums differ",
      hint: "find out who else writes into slipway_ledger.worker_letters; nothing of it was run",
    },
    "verifyFailed",
  );
}

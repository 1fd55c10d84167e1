import { closeSync, openSync, readSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { SlipwayError } from "../../core/errors.ts";
import { EXPORT, readHeadFile, readRow, sizeOfFile } from "../../core/ledger/export-files.ts";
import type { LedgerHead } from "../../core/ledger/types.ts";
import type { AuditTrail } from "../../ports/audit-trail.ts";
import type { CheckpointHistory } from "../../ports/checkpoints.ts";

/** An export of the ledger, read as the ledger is. Throws `EXPORT_UNREADABLE` (exit 2). */
export function openExport(folder: string): Pick<AuditTrail, "read"> & CheckpointHistory {
  return {
    read: async (begin) => {
      const head = await headOf(folder);
      const reader = begin();
      let last = 0;
      for (const line of linesOf(join(folder, EXPORT.records))) {
        const row = readRow(line, last);
        last = row.seq;
        reader.take(row);
      }
      return reader.finish(head);
    },
    stored: async () => {
      const names = (await tried(folder, () => readdir(join(folder, EXPORT.checkpoints)))) ?? [];
      const found = names.toSorted().flatMap((name) => {
        const size = sizeOfFile(name);
        return size === undefined ? [] : [{ size, file: join(folder, EXPORT.checkpoints, name) }];
      });
      return Promise.all(
        found.map(async ({ size, file }) => {
          const note = (await tried(file, () => readFile(file, "utf8"))) ?? "";
          return { size, note, places: [] };
        }),
      );
    },
    log: async () => (await headOf(folder))?.log,
  };
}

async function headOf(folder: string): Promise<LedgerHead | undefined> {
  const file = join(folder, EXPORT.head);
  const text = await tried(file, () => readFile(file, "utf8"));
  return text === undefined ? undefined : readHeadFile(text);
}

/** Line by line, so that a ledger of any size needs little memory. */
function* linesOf(file: string): Generator<string> {
  const descriptor = opened(file);
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(1 << 20);
  let rest = "";
  try {
    for (;;) {
      const bytes = readSync(descriptor, buffer);
      if (bytes === 0) break;
      const lines = (rest + decoder.write(buffer.subarray(0, bytes))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    rest += decoder.end();
    if (rest !== "") yield rest;
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** `undefined` when there is no such file. */
async function tried<T>(file: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): SlipwayError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const says = code === "ENOENT" ? "is not there" : `cannot be read: ${code}`;
  const hint = "give the folder that `slipway audit export` wrote";
  return new SlipwayError({ code: "EXPORT_UNREADABLE", at: file, says, hint }, "usage", { cause: error });
}

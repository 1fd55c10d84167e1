import { isObject } from "./is-object.ts";
import type { LedgerHead, LedgerRow } from "./types.ts";

// An export is a folder. Its files, and how their lines are written and read.

export const EXPORT = {
  records: "records.jsonl",
  head: "head.json",
  checkpoints: "checkpoints",
  keys: "keys",
  page: "records.html",
  readme: "README.txt",
} as const;

/** Name of a checkpoint's file in an export; sizes sort as names do. */
export function checkpointFile(size: number, which = 0): string {
  return `${EXPORT.checkpoints}/${String(size).padStart(16, "0")}${which === 0 ? "" : `-${which + 1}`}.note`;
}

/** The size that a checkpoint's file is named after. */
export function sizeOfFile(name: string): number | undefined {
  const [, size] = /^(\d{16})(?:-\d+)?\.note$/.exec(name) ?? [];
  return size === undefined ? undefined : Number(size);
}

/** One line of `records.jsonl`. */
export function writeRow(row: LedgerRow): string {
  const { seq, id, app, env, deploymentId, record, prevHash, entryHash } = row;
  return `${JSON.stringify({ seq, id, app, env, deploymentId, prevHash, entryHash, record })}\n`;
}

/** The row of a line. A line that is none stands in the place after `last`, and verification finds it. */
export function readRow(line: string, last: number): LedgerRow {
  const value = parsed(line);
  const fields = isObject(value) ? value : {};
  const text = (name: string): string => {
    const found = fields[name];
    return typeof found === "string" ? found : "";
  };
  const { seq } = fields;
  return {
    seq: typeof seq === "number" ? seq : last + 1,
    id: text("id"),
    app: text("app"),
    env: text("env"),
    deploymentId: text("deploymentId"),
    record: isObject(value) ? text("record") : line,
    prevHash: text("prevHash"),
    entryHash: text("entryHash"),
  };
}

export function writeHead({ log, seq, entryHash }: LedgerHead): string {
  return `${JSON.stringify({ log, seq, entryHash }, null, 2)}\n`;
}

/** `undefined` for text that is no head. */
export function readHeadFile(text: string): LedgerHead | undefined {
  const value = parsed(text);
  if (!isObject(value)) return undefined;
  const { log, seq, entryHash } = value;
  if (typeof log !== "string" || typeof seq !== "number" || typeof entryHash !== "string") return undefined;
  return { log, seq, entryHash };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

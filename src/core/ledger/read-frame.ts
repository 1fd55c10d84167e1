import { isSurelyCanonical } from "./is-surely-canonical.ts";
import { isObject } from "./is-object.ts";
import type { LedgerRow } from "./types.ts";

/** What the database wrote around the writer's part of a record. */
export interface LedgerFrame {
  readonly at: string;
  readonly id: string;
  readonly log: string;
  readonly seq: number;
  readonly app: unknown;
  readonly env: unknown;
  readonly deploymentId: unknown;
}

const AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** The record's frame and its canonical form, `undefined` when the text is no record at all. */
export function readFrame(
  { record }: Pick<LedgerRow, "record">,
  canonicalize: (value: unknown) => string,
): { readonly frame: LedgerFrame; readonly canonical: string } | undefined {
  try {
    const value: unknown = JSON.parse(record);
    const frame = frameOf(value);
    return frame === undefined
      ? undefined
      : { frame, canonical: isSurelyCanonical(record, value) ? record : canonicalize(value) };
  } catch {
    return undefined;
  }
}

function frameOf(value: unknown): LedgerFrame | undefined {
  if (!isObject(value)) return undefined;
  const { at, id, log, seq, entry } = value;
  if (typeof at !== "string" || !AT.test(at) || typeof id !== "string" || typeof log !== "string")
    return undefined;
  if (typeof seq !== "number" || !isObject(entry)) return undefined;
  const { app, env, deploymentId } = entry;
  return { at, id, log, seq, app, env, deploymentId };
}

import type { BackupProof } from "./types.ts";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A backup in one line, for the story of a deployment. */
export function describeProof(proof: BackupProof): string {
  if (proof.kind === "rds-snapshot") {
    const until = proof.window === null ? "" : `, any moment until ${proof.window.latest} besides`;
    return `${proof.snapshot} is available after ${proof.takenSeconds.toFixed(1)} s${until}`;
  }
  const { id, bytes, tables, rows, takenSeconds, restoredSeconds, reused } = proof;
  const what = `${id}, ${size(bytes)}, ${rows} rows in ${tables} tables`;
  if (reused) return `${what}: taken before, still as it was`;
  return `${what}: taken in ${takenSeconds.toFixed(1)} s, restored in ${restoredSeconds.toFixed(1)} s`;
}

function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

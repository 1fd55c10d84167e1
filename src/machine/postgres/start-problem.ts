import { statfsSync } from "node:fs";
import { type Problem, SlipwayError } from "../../core/errors.ts";

const NEARLY_FULL_BYTES = 32 * 1024 * 1024;

/** What kept a server from running. `log`: the end of its log. */
export interface FailedStart {
  readonly folder: string;
  readonly log: string;
  /** Port that is taken, when that is the reason. */
  readonly portTaken: number | undefined;
  readonly cause?: unknown;
}

/** The fault in words. Looks at the disk and at SQLSTATEs in the log, not at sentences. */
export function startProblem(failed: FailedStart): SlipwayError {
  return new SlipwayError(problemOf(failed), "usage", { cause: failed.cause });
}

function problemOf({ folder, log, portTaken }: FailedStart): Problem {
  if (portTaken !== undefined) {
    return {
      code: "POSTGRES_PORT_TAKEN",
      at: "postgres",
      says: `port ${portTaken} of 127.0.0.1 is taken`,
      hint: `stop what listens there (\`ss -ltnp sport = ${portTaken}\`) or choose another port`,
    };
  }
  const free = freeBytes(folder);
  // 53100: disk_full
  if (free < NEARLY_FULL_BYTES || log.includes(" 53100 ")) {
    return {
      code: "POSTGRES_DISK_FULL",
      at: folder,
      says: `the disk is full (${Math.floor(free / 1024 / 1024)} MB free); the server said:${lastLines(log)}`,
      hint: "free some space and start again",
    };
  }
  // F0001: lock_file_exists
  if (log.includes(" F0001 ")) {
    return {
      code: "POSTGRES_FOLDER_IN_USE",
      at: folder,
      says: `another server uses this data folder; it said:${lastLines(log)}`,
      hint: "stop that server, or give this one a folder of its own",
    };
  }
  return {
    code: "POSTGRES_DATA_BROKEN",
    at: folder,
    says: `the server does not start; it said:${lastLines(log)}`,
    hint: "restore the folder, or delete it to start with an empty database",
  };
}

function lastLines(log: string): string {
  const lines = log.trimEnd().split("\n").slice(-6);
  return lines.map((line) => `\n  ${line}`).join("");
}

function freeBytes(folder: string): number {
  try {
    const disk = statfsSync(folder);
    return disk.bavail * disk.bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

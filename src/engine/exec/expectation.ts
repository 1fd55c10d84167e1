import { constants } from "node:os";
import type { SandboxExit } from "../../machine/sandbox/types.ts";
import type { Expectation } from "../state/exec.ts";

/** The exit code a shell would report: 128 + the number of the signal that ended the process. */
export function exitCodeOf(exit: Pick<SandboxExit, "exitCode" | "signal">): number {
  if (exit.exitCode !== null) return exit.exitCode;
  return 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
}

/** Whether an exit code is one that `expect` allows. 128–191 mean death by a signal and are never expected. */
export function isExpected(exitCode: number, expect: Expectation): boolean {
  if (exitCode === 0) return expect !== "FAILURE";
  const bySignal = exitCode >= 128 && exitCode <= 191;
  return expect !== "SUCCESS" && !bySignal;
}

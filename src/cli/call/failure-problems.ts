import type { Problem } from "../../core/errors.ts";
import type { CallFailure } from "./child/protocol.ts";
import { SLIPWAY_IN_THE_BOX } from "./exit-of-failure.ts";

/** Where the module puts the app in the box of Slipway's own CLI. */
const APP_IN_THE_BOX = "/app";

/** What is known of the call that failed. */
export interface FailedCall {
  /** The words of its functions. */
  readonly name: string;
  /** Names of all functions that can be called first. */
  readonly functions: readonly string[];
  /** The app's folder on this machine, when it came from there. */
  readonly app: string | undefined;
}

/** The problems to print for a call that failed: those that Slipway's own CLI told in its box, else one for each line. */
export function failureProblems(failure: CallFailure, call: FailedCall): readonly Problem[] {
  const told = toldInTheBox(failure);
  if (told.length > 0) return told.map((problem) => ({ ...problem, at: outside(problem.at, call.app) }));
  return failure.message.split("\n").map((says) => ({
    code: "CALL_FAILED",
    at: call.name,
    says,
    hint: failure.name === "CheckFailed" ? alone(says.split(":")[0] ?? "", call) : "",
  }));
}

/** A config that is refused has been told whole by its problems; the output of the command would say it again. */
export function saysItAll(failure: CallFailure): boolean {
  return (
    failure.cmd?.[failure.cmd.indexOf(SLIPWAY_IN_THE_BOX) + 1] === "config" &&
    toldInTheBox(failure).length > 0
  );
}

function toldInTheBox({ cmd, stdout }: CallFailure): readonly Problem[] {
  if (cmd?.includes(SLIPWAY_IN_THE_BOX) !== true) return [];
  try {
    const { problems } = JSON.parse(stdout ?? "") as { problems?: unknown };
    return Array.isArray(problems) ? problems.filter(isProblem) : [];
  } catch {
    return [];
  }
}

function isProblem(value: unknown): value is Problem {
  const problem = value as Partial<Record<keyof Problem, unknown>> | null;
  return [problem?.code, problem?.at, problem?.says, problem?.hint].every((text) => typeof text === "string");
}

function outside(at: string, app: string | undefined): string {
  if (app === undefined || (at !== APP_IN_THE_BOX && !at.startsWith(`${APP_IN_THE_BOX}/`))) return at;
  return `${app}${at.slice(APP_IN_THE_BOX.length)}`;
}

function alone(check: string, { name, functions }: FailedCall): string {
  return check !== name && functions.includes(check) ? `\`slipway call ${check}\` runs it alone` : "";
}

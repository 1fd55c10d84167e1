import { EXIT_CODES, type ExitKind } from "../../core/errors.ts";
import type { CallFailure } from "./child/protocol.ts";

/** The CLI that the module calls, as its argument arrays name it. */
export const SLIPWAY_IN_THE_BOX = "/slipway/bin/slipway.mjs";

/** How the process ends when a call failed. A verb of the CLI that ran in its box has said so itself. */
export function exitOfFailure(failure: CallFailure): ExitKind {
  const own = failure.cmd?.includes(SLIPWAY_IN_THE_BOX) === true ? exitKind(failure.exitCode) : undefined;
  if (own !== undefined) return own;
  if (failure.name === "CheckFailed" || failure.exitCode !== undefined) return "checksFailed";
  if (failure.name === "WrongCall") return "usage";
  return failure.name.startsWith("GraphQL") ? "verifyFailed" : "bug";
}

/** What an exit code of the dagger CLI means for a function: it ends with the failing command's, whichever that was. */
export function exitOfDagger(code: number, functionName: string): ExitKind {
  if (code === 0) return "done";
  const delivers = ["plan", "deploy", "promote", "rollback", "resume", "status", "migrations"].includes(
    functionName,
  );
  return (delivers ? exitKind(code) : undefined) ?? "checksFailed";
}

function exitKind(code: number | undefined): ExitKind | undefined {
  const kinds = Object.keys(EXIT_CODES) as ExitKind[];
  return kinds.find((kind) => EXIT_CODES[kind].code === code && code !== 0);
}

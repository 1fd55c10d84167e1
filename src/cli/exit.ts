import { EXIT_CODES, type ExitKind } from "../core/errors.ts";

/** Says how the process will end; a verb calls it when its outcome is not "done". */
export function exitWith(kind: ExitKind): void {
  process.exitCode = EXIT_CODES[kind].code;
}

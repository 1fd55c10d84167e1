import { EXIT_CODES } from "../core/errors.ts";

/** The exit codes as text, one line each. */
export function exitCodeTable(): string {
  return Object.values(EXIT_CODES)
    .map(({ code, says }) => `${String(code).padStart(3)}  ${says}`)
    .join("\n");
}

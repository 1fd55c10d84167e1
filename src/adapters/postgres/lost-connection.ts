import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { DatabaseUse } from "./address.ts";
import { codeOf } from "./connect-problem.ts";
import type { Connected } from "./connect.ts";
import { hinderedProblem } from "./hindered.ts";

/** Codes of Node with which a socket ends. */
const SOCKET_FAULTS = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

type Session = Pick<Connected, "client" | "broken" | "address">;

/** Was it the connection that failed, and not what was asked over it? SQLSTATE class 08 and 57P0x, or a socket's end. */
export function isLost(error: unknown, { broken }: Pick<Session, "broken">): boolean {
  if (error instanceof SlipwayError) return false;
  const code = codeOf(error);
  if (broken.aborted || code.startsWith("08") || code.startsWith("57P0") || SOCKET_FAULTS.has(code))
    return true;
  // The driver's own sentence; it has no code.
  return error instanceof Error && error.message.startsWith("Connection terminated");
}

/** The connection was lost while a question was asked that changes nothing. */
export function lostProblem(
  error: unknown,
  use: DatabaseUse,
  { address }: Pick<Session, "address">,
): Problem {
  return {
    code: `${use}_UNREACHABLE`,
    at: address.text,
    says: `the connection was lost: ${error instanceof Error ? error.message : String(error)}`,
    hint: "check the server's log and run the same command again",
  };
}

/**
 * Asks; throws `<use>_UNREACHABLE` when the connection is lost meanwhile, `<use>_HINDERED` when the server cannot
 * (exit 11 both). For what changes nothing.
 */
export async function askConnected<T>(
  use: DatabaseUse,
  session: () => Session,
  question: () => Promise<T>,
): Promise<T> {
  try {
    return await question();
  } catch (error) {
    const isTold =
      error instanceof SlipwayError && error.problems.some(({ code }) => code === `${use}_UNREACHABLE`);
    if (!isTold && !isLost(error, session())) {
      const problem = error instanceof SlipwayError ? undefined : hinderedProblem(error, use, session());
      if (problem === undefined) throw error;
      throw new SlipwayError(problem, "verifyFailed", { cause: error });
    }
    // Over at once: the server's last word comes before the end of the socket.
    await session()
      .client.end()
      .catch(() => undefined);
    if (isTold) throw error;
    throw new SlipwayError(lostProblem(error, use, session()), "verifyFailed", { cause: error });
  }
}

import type { GraphQLError, GraphQLFormattedError } from "graphql";
import { SlipwayError } from "../../core/errors.ts";
import { ExecError } from "../exec/exec-error.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Session } from "../state/session.ts";

/** An error as Dagger's SDKs read it: a failed exec carries its output, everything is scrubbed of secrets. */
export function formatError(error: GraphQLError, session: Pick<Session, "secrets">): GraphQLFormattedError {
  const cause = error.originalError;
  const message = session.secrets.scrub(isExplained(cause) ? error.message : fault(error.message));
  return {
    message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(cause instanceof ExecError ? { extensions: cause.extensions() } : {}),
  };
}

/** Errors that say what is wrong with the pipeline or its surroundings; all others are faults of the engine. */
function isExplained(cause: unknown): boolean {
  if (cause === undefined || cause === null) return true;
  if (cause instanceof ExecError || cause instanceof RecipeProblem || cause instanceof SlipwayError)
    return true;
  return cause instanceof Error && cause.name === "AbortError";
}

function fault(message: string): string {
  // Node puts the code of the system's error first.
  if (/^(ENOSPC|EDQUOT)\b/.test(message)) {
    return `the disk is full: ${message}; free some space, or set XDG_CACHE_HOME to a folder on another disk`;
  }
  return `the embedded engine failed: ${message}`;
}

import type { Problem } from "../../core/errors.ts";
import type { HistoryPlace } from "./migration-history.ts";

/** The run was stopped while it waited for another one. */
export function stoppedBefore(): Problem {
  return {
    code: "MIGRATION_INTERRUPTED",
    at: "",
    says: "stopped by a signal before it began",
    hint: "run the same command again",
  };
}

/** The role lacks what it needs to remember anything. */
export function mayNotCreate({ schema }: Pick<HistoryPlace, "schema">, database: string): Problem {
  return {
    code: "MIGRATION_NOT_ALLOWED",
    at: schema,
    says: "the role may not create the schema in which its migrations are remembered",
    hint: `let an administrator run: grant create on database ${database} to the role`,
  };
}

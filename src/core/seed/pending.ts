import type { Problem } from "../errors.ts";
import type { ReleaseMigration } from "../release/types.ts";

/** Why an environment is not seeded before its migrations ran: seeds are written for the newest schema. */
export function pendingBefore(env: string, pending: readonly ReleaseMigration[]): Problem {
  const [first] = pending;
  const more = pending.length > 1 ? ` and ${pending.length - 1} more` : "";
  return {
    code: "SEED_BEFORE_MIGRATIONS",
    at: "database",
    says: `has not had ${first?.file ?? "a migration"}${more}, and seeds are written for the newest schema`,
    hint: `run: slipway migrate up --env=${env}`,
  };
}

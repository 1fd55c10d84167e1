import { SlipwayError, type Problem } from "../../core/errors.ts";
import { heldBy, type Blocker } from "../../core/migration/run-event.ts";
import { codeOf } from "./connect-problem.ts";
import type { Connected } from "./connect.ts";
import { isLost, lostProblem } from "./lost-connection.ts";
import type { SeedProgress } from "./seed-transaction.ts";
import { statementProblem } from "./statement-problem.ts";

export interface SeedEnd {
  readonly worker: Connected;
  readonly guard: Connected;
  readonly signal: AbortSignal;
  readonly progress: SeedProgress;
  readonly attempts: number;
  readonly blockers: readonly Blocker[];
}

/** SQLSTATE → what to call it and what to do; anything else is the statement's own fault. */
const KNOWN: Readonly<Record<string, Pick<Problem, "code" | "hint">>> = {
  "55P03": { code: "SEED_LOCK_TIMEOUT", hint: "try again; pg_stat_activity shows who holds the table" },
  "40P01": { code: "SEED_DEADLOCK", hint: "try again when the application is quieter" },
  "40001": { code: "SEED_DEADLOCK", hint: "try again when the application is quieter" },
  "57014": { code: "SEED_TIMEOUT", hint: "split the file, or write fewer rows" },
  "42501": {
    code: "SEED_NOT_ALLOWED",
    hint: "seed as a role that owns the tables; where a policy binds the owner, the file begins with: set local row_security = on, and sets the tenant",
  },
};
/** What says nothing about the rows: the same file may pass the next time. */
const PASSING = new Set(["55P03", "40P01", "40001", "57014"]);

/** Why a run of seeds ended before its end. Throws what is nobody's fault but ours. */
export function seedFailure(error: unknown, end: SeedEnd): Problem {
  const { worker, guard, signal, progress } = end;
  const at = progress.current?.file ?? "seeds";
  if (guard.broken.aborted) {
    return {
      code: "SEED_CONNECTION_LOST",
      at: guard.address.text,
      says: "the session that held the migration lock was lost, so the seeds were undone",
      hint: "check the server's log and try again",
    };
  }
  if (signal.aborted) {
    return {
      code: "SEED_INTERRUPTED",
      at,
      says: "stopped by a signal; nothing of the run was kept",
      hint: "run the same command again",
    };
  }
  if (error instanceof SlipwayError && error.problems[0] !== undefined) return error.problems[0];
  if (isLost(error, worker)) {
    const { says, hint } = lostProblem(error, "DATABASE", worker);
    return { code: "SEED_CONNECTION_LOST", at, says: `${says}; nothing of the run was kept`, hint };
  }
  const code = codeOf(error);
  if (!/^[0-9A-Z]{5}$/.test(code)) throw error;
  return ofStatement(error, code, end);
}

function ofStatement(error: unknown, code: string, { progress, attempts, blockers }: SeedEnd): Problem {
  const { current, run } = progress;
  const { at, says } = statementProblem(error, current ?? { file: "seeds", sql: "" });
  if (run === "second" && !PASSING.has(code)) {
    return {
      code: "SEED_NOT_IDEMPOTENT",
      at,
      says: `a second run fails: ${says}`,
      hint: "insert only what is not there: … on conflict do nothing, or where not exists (…)",
    };
  }
  const known = KNOWN[code] ?? {
    code: "SEED_FAILED",
    hint: "mend the file and try again; nothing of the run was kept",
  };
  if (code !== "55P03") return { ...known, at, says };
  const tries = attempts === 1 ? "" : ` ${attempts} times`;
  return { ...known, at, says: `did not get its lock${tries}${heldBy(blockers)}: ${says}` };
}

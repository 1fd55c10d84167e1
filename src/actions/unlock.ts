import { freeTextProblems } from "../core/acts/free-text.ts";
import { mayAct } from "../core/acts/may-act.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { HeldLease } from "../ports/lease-store.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, recordRefusal, refuseCall, type ActAnswer } from "./record-act.ts";

export interface UnlockRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** The lease's id. */
  readonly fence: number;
  readonly reason: string;
}

/** Frees an environment from the holder of that very lease, alive or not; its next change is refused by the ledger. */
export async function unlock(
  { config, environment, fence, reason }: UnlockRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly was: HeldLease }>> {
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) return refuseCall(...malformed);

  const where = { app: config.app, env: environment.name };
  const was = await ports.leases.current(where.app, where.env);
  if (was === undefined) return refuseCall(free(where.env));
  if (was.fence !== fence) return refuseCall(another(was, fence));
  const statement = { act: "unlock", id: ports.newId("u"), ...where, target: String(fence), reason } as const;
  const identity = await prove(environment, statement, ports);

  const act = { config, environment, statement, identity };
  const problems = mayAct(config, identity);
  if (problems.length > 0) return recordRefusal(act, problems, ports);
  await recordAct(act, { was }, [{ kind: "unlock", fence }], ports);
  return { kind: "done", was };
}

function free(env: string): Problem {
  return {
    code: "LEASE_FREE",
    at: "--lease",
    says: `nobody holds ${env}`,
    hint: "there is nothing to unlock; the next deployment takes it",
  };
}

function another({ env, fence, holder, purpose, takenAt }: HeldLease, asked: number): Problem {
  return {
    code: "LEASE_DIFFERS",
    at: "--lease",
    says: `${env} is held by lease ${fence}, not ${asked}: ${holder}, ${purpose}, since ${takenAt}`,
    hint: `give --lease=${fence} if that is the one to free`,
  };
}

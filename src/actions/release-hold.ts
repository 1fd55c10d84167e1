import { freeTextProblems } from "../core/acts/free-text.ts";
import { mayAct } from "../core/acts/may-act.ts";
import type { Hold } from "../core/acts/types.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, recordRefusal, refuseCall, type ActAnswer } from "./record-act.ts";

export interface ReleaseHoldRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly holdId: string;
  readonly reason: string;
}

/** Lets the line run again. */
export async function releaseHold(
  { config, environment, holdId, reason }: ReleaseHoldRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly released: Hold }>> {
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) return refuseCall(...malformed);

  const where = { app: config.app, env: environment.name };
  const holds = await ports.gatekeeping.holds(where.app, where.env);
  const released = holds.find(({ id }) => id === holdId);
  if (released === undefined) return refuseCall(unknown(where.env, holdId, holds));
  const statement = { act: "release-hold", id: ports.newId("l"), ...where, target: holdId, reason } as const;
  const identity = await prove(environment, statement, ports);

  const act = { config, environment, statement, identity };
  const problems = mayAct(config, identity);
  if (problems.length > 0) return recordRefusal(act, problems, ports);
  await recordAct(act, { released }, [{ kind: "release-hold", holdId }], ports);
  return { kind: "done", released };
}

function unknown(env: string, holdId: string, holds: readonly Hold[]): Problem {
  const open = holds.map(({ id }) => id).join(", ");
  return {
    code: "HOLD_UNKNOWN",
    at: "--hold",
    says: `${env} has no hold ${holdId}`,
    hint: open === "" ? "nothing holds it; there is nothing to release" : `those that hold it: ${open}`,
  };
}

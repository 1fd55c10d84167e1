import { freeTextProblems } from "../core/acts/free-text.ts";
import { provenPerson } from "../core/acts/person-of.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, refuseCall, type ActAnswer } from "./record-act.ts";

export interface HoldRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly reason: string;
}

/** Stops the line: no deployment to the environment until somebody releases the hold. Everybody may. */
export async function hold(
  { config, environment, reason }: HoldRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly holdId: string; readonly by: string; readonly at: string }>> {
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) return refuseCall(...malformed);

  const holdId = ports.newId("h");
  const where = { app: config.app, env: environment.name };
  const statement = { act: "hold", id: holdId, ...where, target: environment.name, reason } as const;
  const identity = await prove(environment, statement, ports);

  const by = provenPerson(config.people, identity) ?? identity.subject;
  const act = { config, environment, statement, identity };
  const { at } = await recordAct(act, {}, [{ kind: "hold", holdId, reason, by }], ports);
  return { kind: "done", holdId, by, at };
}

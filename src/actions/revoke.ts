import { freeTextProblems } from "../core/acts/free-text.ts";
import { mayAct } from "../core/acts/may-act.ts";
import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Problem } from "../core/errors.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct, recordRefusal, refuseCall, type ActAnswer } from "./record-act.ts";

export interface RevokeRequest {
  readonly config: Config;
  readonly approvalId: string;
  readonly reason: string;
}

/** Takes an approval back; a deployment that has not changed anything yet may not go on with it. */
export async function revoke(
  { config, approvalId, reason }: RevokeRequest,
  ports: ActPorts,
): Promise<ActAnswer<{ readonly approvalId: string; readonly env: string }>> {
  const malformed = freeTextProblems("--reason", reason);
  if (malformed.length > 0) return refuseCall(...malformed);

  const environment = await environmentOf(config, approvalId, ports);
  if (environment === undefined) return refuseCall(unknown(approvalId));
  const { app } = config;
  const env = environment.name;
  const statement = { act: "revoke", id: ports.newId("v"), app, env, target: approvalId, reason } as const;
  const identity = await prove(environment, statement, ports);

  const act = { config, environment, statement, identity };
  const problems = mayAct(config, identity);
  if (problems.length > 0) return recordRefusal(act, problems, ports);
  await recordAct(act, {}, [{ kind: "revoke", approvalId }], ports);
  return { kind: "done", approvalId, env };
}

/** Where the approval was given, as its own record says. */
async function environmentOf(
  config: Config,
  approvalId: string,
  ports: ActPorts,
): Promise<EnvironmentConfig | undefined> {
  const records = await ports.journal.records(approvalId);
  const given = records.find(
    ({ type, app, outcome, data }) =>
      type === "act" && app === config.app && outcome === "done" && data["act"] === "approve",
  );
  if (given === undefined || !Object.hasOwn(config.environments, given.env)) return undefined;
  return config.environments[given.env];
}

function unknown(approvalId: string): Problem {
  return {
    code: "APPROVAL_UNKNOWN",
    at: "--approval",
    says: `the ledger has no approval ${approvalId} for this app`,
    hint: "`slipway approvals --env=<name> --release=<manifest>` lists them",
  };
}

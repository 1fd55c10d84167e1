import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { ForeignApproval, RunApprovals } from "../ports/run-approvals.ts";
import type { ActPorts } from "./act-ports.ts";
import { prove, recordAct } from "./record-act.ts";

export interface ImportRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** `<owner>/<repository>/<run id>`. */
  readonly run: string;
}

/**
 * Keeps what people clicked in a run of the CI as one more record. It is none of ours: it says neither what was seen nor
 * what it means, so no gate counts it.
 */
export async function importApprovals(
  { config, environment, run }: ImportRequest,
  ports: ActPorts & { readonly runApprovals: RunApprovals },
): Promise<{ readonly kind: "done"; readonly id: string; readonly imported: readonly ForeignApproval[] }> {
  const imported = await ports.runApprovals.of(run);
  const id = ports.newId("i");
  const where = { app: config.app, env: environment.name };
  const reason = "imported for the record; counts for no gate";
  const statement = { act: "import-approvals", id, ...where, target: run, reason } as const;
  const identity = await prove(environment, statement, ports);

  await recordAct({ config, environment, statement, identity }, { imported }, [], ports);
  return { kind: "done", id, imported };
}

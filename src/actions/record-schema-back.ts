import type { SchemaStop } from "../core/deployment/schema-stop.ts";
import type { RunContext } from "./run-context.ts";
import { stepOnRecord } from "./step-on-record.ts";
import type { Tenure } from "./under-lease.ts";

/** Puts on record that the schema which a run has left is the one again that it found: from here on it is over. */
export async function recordSchemaBack(
  { deploymentId, schemaBefore }: Pick<SchemaStop, "deploymentId" | "schemaBefore">,
  { config, environment, ports, steps }: RunContext,
  { fence, caller, stop }: Tenure,
): Promise<void> {
  const common = {
    type: "step",
    app: config.app,
    env: environment.name,
    deploymentId: ports.newId(),
    attempt: 1,
    fence,
    actor: caller.actor,
  } as const;
  const says = `the schema is the one again that ${deploymentId} found`;
  const intent = { back: schemaBefore, mended: deploymentId };
  const { journal } = ports;
  await stepOnRecord({ step: "rollback-migrate", says, intent, stop }, common, { journal, steps }, () =>
    Promise.resolve({ says, data: { ...intent, schema: schemaBefore } }),
  );
}

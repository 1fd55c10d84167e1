import type { SchemaStop } from "../core/deployment/schema-stop.ts";
import type { RunContext } from "./run-context.ts";
import { commonEntry, stepOnRecord } from "./step-on-record.ts";
import type { Tenure } from "./under-lease.ts";

/** Puts on record that the schema which a run has left is the one again that it found: from here on it is over. */
export async function recordSchemaBack(
  { deploymentId, schemaBefore }: Pick<SchemaStop, "deploymentId" | "schemaBefore">,
  context: RunContext,
  tenure: Tenure,
): Promise<void> {
  const says = `the schema is the one again that ${deploymentId} found`;
  const intent = { back: schemaBefore, mended: deploymentId };
  const { ports, steps } = context;
  const what = { step: "rollback-migrate", says, intent, stop: tenure.stop } as const;
  const common = commonEntry(context, tenure);
  await stepOnRecord(what, common, { journal: ports.journal, steps }, () =>
    Promise.resolve({ says, data: { ...intent, schema: schemaBefore } }),
  );
}

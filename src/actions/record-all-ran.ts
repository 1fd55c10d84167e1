import type { MigrationsLeft } from "../core/deployment/migrations-left.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { stepOnRecord, type CommonEntry } from "./step-on-record.ts";
import type { Steps } from "./steps.ts";
import type { Tenure } from "./under-lease.ts";

/**
 * Puts on record that nothing is pending, where the run before had not ended or had left another schema: it ran to its end
 * all the same, or a person has mended it. Without this nobody could tell from the ledger. Answers whether there was need to.
 *
 * @param schema hex SHA-256 of the schema that is there
 */
export async function recordAllRan(
  { open, stop }: MigrationsLeft,
  schema: string,
  common: CommonEntry,
  { ports, steps }: { readonly ports: Pick<DeploymentPorts, "journal">; readonly steps: Steps },
  tenure: Tenure,
): Promise<boolean> {
  if (open === undefined && stop?.schemaBefore !== schema) return false;
  const says = "every migration has run";
  const { journal } = ports;
  const what = { step: "migrate", says, intent: { pending: [], schema }, stop: tenure.stop } as const;
  await stepOnRecord(what, common, { journal, steps }, () =>
    Promise.resolve({ says, data: { direction: "up", ran: [], schemaBefore: schema, schema } }),
  );
  return true;
}

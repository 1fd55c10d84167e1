import type { Problem } from "../errors.ts";
import { isObject } from "../ledger/is-object.ts";
import { isSchemaLeft } from "../migration/schema-left.ts";
import { intentOf, problemsIn, runOf, type MigratingRun, type TrailRecord } from "./migration-trail.ts";

/** A run that ended with another schema than it began with, which nobody could undo. */
export interface SchemaStop {
  /** Under which the ledger has the run's records. */
  readonly deploymentId: string;
  readonly run: MigratingRun;
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
  readonly problem: Problem;
  /** Hex SHA-256 of the schema that should be there. */
  readonly schemaBefore: string;
}

/**
 * The newest such run that nobody has put right: no record after it says that the schema had its hash again.
 *
 * @param trail oldest first, from after the last run that migrated
 */
export function schemaStop(trail: readonly TrailRecord[]): SchemaStop | undefined {
  return trail
    .flatMap((record, index) => {
      const stop = stopIn(record, trail);
      const isBack = trail.slice(index + 1).some(({ data }) => schemasIn(data).includes(stop?.schemaBefore));
      return stop === undefined || isBack ? [] : [stop];
    })
    .at(-1);
}

function stopIn(record: TrailRecord, trail: readonly TrailRecord[]): SchemaStop | undefined {
  const { deploymentId, at, data } = record;
  const { stopped } = data;
  const problem = problemsIn(record).find((one) => isSchemaLeft([one]));
  if (problem === undefined || !isObject(stopped)) return undefined;
  const { schemaBefore } = stopped;
  if (typeof schemaBefore !== "string") return undefined;
  const intent = intentOf(deploymentId, trail);
  return { deploymentId, run: intent ? runOf(intent) : "deployment", at, problem, schemaBefore };
}

/** Hashes of the schema at the beginning and at the end of what a record tells of. */
function schemasIn({ schema, schemaBefore }: TrailRecord["data"]): readonly unknown[] {
  return [schema, schemaBefore];
}

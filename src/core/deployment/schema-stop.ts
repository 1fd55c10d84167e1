import type { Problem } from "../errors.ts";
import { isSchemaLeft } from "../migration/schema-left.ts";

/** A deployment that ended with another schema than it began with, which nobody could undo. */
export interface SchemaStop {
  readonly deploymentId: string;
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
  readonly problem: Problem;
  /** Hex SHA-256 of the schema that should be there. */
  readonly schemaBefore: string;
}

/** The part of a journal record that tells of it. */
interface StopRecord {
  readonly deploymentId: string;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a deployment's records say of it, oldest first. */
export function schemaStop(records: readonly StopRecord[]): SchemaStop | undefined {
  const stops = records.flatMap(({ deploymentId, at, data }): SchemaStop[] => {
    const stopped = data["stopped"];
    const problem = problemsIn(data["problems"]).find((one) => isSchemaLeft([one]));
    if (problem === undefined || !isObject(stopped)) return [];
    const { schemaBefore } = stopped;
    return typeof schemaBefore === "string" ? [{ deploymentId, at, problem, schemaBefore }] : [];
  });
  return stops.at(-1);
}

function problemsIn(value: unknown): readonly Problem[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isProblem);
}

function isProblem(value: unknown): value is Problem {
  return isObject(value) && ["code", "at", "says", "hint"].every((key) => typeof value[key] === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

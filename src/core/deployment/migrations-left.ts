import { nameOfRun, type TrailRecord } from "./migration-trail.ts";
import { openMigration, type OpenMigration } from "./open-migration.ts";
import { schemaStop, type SchemaStop } from "./schema-stop.ts";

/** What runs of migrations have left in an environment's database that nobody has put right. */
export interface MigrationsLeft {
  /** A run has left another schema than it found. */
  readonly stop: SchemaStop | undefined;
  /** A `migrate up` or `migrate down` stopped half-way. */
  readonly open: OpenMigration | undefined;
}

/** @param trail oldest first, from after the last run that migrated */
export function migrationsLeft(
  trail: readonly TrailRecord[],
  now: { readonly environment: string; readonly held: number | undefined },
): MigrationsLeft {
  return { stop: schemaStop(trail), open: openMigration(trail, now) };
}

/** The same for whoever is about to change the environment, a sentence each. */
export function tellMigrationsLeft({ stop, open }: MigrationsLeft): readonly string[] {
  return [
    ...(stop === undefined ? [] : [`${nameOfRun(stop)} has left this: ${stop.problem.says}`]),
    ...(open === undefined ? [] : [`${nameOfRun(open)}, ${open.how}: ${open.left} (${open.next})`]),
  ];
}

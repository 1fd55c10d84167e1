import type { RlsConfig } from "../core/config/database-types.ts";
import type { DataMeasure } from "../core/data-check/types.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";
import type { MigrationRunOptions, Migrations } from "../ports/migrations.ts";
import type { ProbeRowSecurity } from "../ports/row-security.ts";
import type { Seeding, SeedRunOptions } from "../ports/seeds.ts";

/** What a worker has opened for a deployment. */
export type Opened =
  | { readonly what: "migrations"; readonly opened: Migrations }
  | { readonly what: "inspection"; readonly opened: MigrationInspection }
  | { readonly what: "seeds"; readonly opened: Seeding }
  | { readonly what: "row-security"; readonly opened: RowSecurity };

interface RowSecurity {
  readonly probe: ProbeRowSecurity;
  close(): Promise<void>;
}

/** What is told about a call that may change something. */
export type WorkOptions = MigrationRunOptions & Pick<SeedRunOptions, "keeping">;

/** Asks what was opened; a `method` is one of its port. */
export async function askOpened(
  found: Opened,
  method: string,
  argument: unknown,
  run: WorkOptions,
): Promise<unknown> {
  switch (found.what) {
    case "migrations":
      return askMigrations(found.opened, method, argument, run);
    case "inspection":
      return askInspection(found.opened, method, argument);
    case "seeds":
      return askSeeds(found.opened, method, argument, run);
    case "row-security":
      return askRowSecurity(found.opened, method, argument, run);
    default:
      return found satisfies never;
  }
}

// Their arguments are what this same version of Slipway has sent, which it has said in its first letter.
function askMigrations(
  migrations: Migrations,
  method: string,
  argument: unknown,
  run: MigrationRunOptions,
): Promise<unknown> {
  switch (method as keyof Migrations) {
    case "plan":
      return migrations.plan();
    case "apply":
      return migrations.apply({ ...run, ...(argument as { readonly to?: string }) });
    case "revert":
      return migrations.revert({ ...run, target: argument as DownTarget });
    case "facts":
      return migrations.facts(argument as readonly string[]);
    case "measure":
      return migrations.measure();
    case "check":
      return migrations.check(argument as DataMeasure);
    case "schema":
      return migrations.schema();
    case "describe":
      return migrations.describe();
    default:
      throw new Error(`the worker knows no migrations.${method}`);
  }
}

function askInspection(inspection: MigrationInspection, method: string, argument: unknown): Promise<unknown> {
  switch (method as keyof MigrationInspection) {
    case "inspect":
      return inspection.inspect();
    case "schema":
      return inspection.schema();
    case "origin":
      return inspection.origin();
    case "expected":
      return inspection.expected();
    case "statistics":
      return inspection.statistics();
    case "data":
      return inspection.data(argument as { readonly thorough: boolean });
    default:
      throw new Error(`the worker knows no inspection.${method}`);
  }
}

function askSeeds(
  seeding: Seeding,
  method: string,
  argument: unknown,
  { fence, signal, tell, keeping }: WorkOptions,
): Promise<unknown> {
  switch (method as keyof Seeding) {
    case "apply":
      return seeding.apply({ ...(argument as { readonly keep: boolean }), fence, signal, tell, keeping });
    case "wasKept":
      return seeding.wasKept(argument as string);
    default:
      throw new Error(`the worker knows no seeds.${method}`);
  }
}

function askRowSecurity(
  { probe }: RowSecurity,
  method: string,
  argument: unknown,
  { signal }: WorkOptions,
): Promise<unknown> {
  if (method !== "probe") throw new Error(`the worker knows no row-security.${method}`);
  const { config, plant } = argument as { readonly config: RlsConfig; readonly plant: boolean };
  return probe(config, { plant, signal });
}

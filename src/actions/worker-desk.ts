import { SlipwayError } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { DataMeasure } from "../core/data-check/types.ts";
import type { WorkerAnswer, WorkerCall } from "../core/worker/calls.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";
import type { MigrationRunOptions, Migrations } from "../ports/migrations.ts";
import type { WorkedDatabase } from "../ports/worked-database.ts";
import { problemsOf } from "./step-faults.ts";

type Opened =
  | { readonly what: "migrations"; readonly opened: Migrations }
  | { readonly what: "inspection"; readonly opened: MigrationInspection };

/** Does what a deployment asks, by the same ports as a deployment that reaches the database itself. */
export class WorkerDesk {
  readonly #database: WorkedDatabase;
  /** SHA-256 → folder of migrations. */
  readonly #unpacked = new Map<string, string>();
  readonly #open = new Map<string, Opened>();

  constructor(database: WorkedDatabase) {
    this.#database = database;
  }

  /** Never rejects. */
  async do(call: WorkerCall, run: MigrationRunOptions): Promise<WorkerAnswer> {
    try {
      return { kind: "value", value: (await this.#value(call, run)) ?? null };
    } catch (error) {
      const exit = error instanceof SlipwayError ? error.exit : "bug";
      return { kind: "fault", exit, problems: problemsOf(error) };
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ opened }) => opened.close().catch(() => undefined)));
    await this.#database.close();
  }

  async #value(call: WorkerCall, run: MigrationRunOptions): Promise<unknown> {
    switch (call.kind) {
      case "carry":
        this.#unpacked.set(call.sha256, await this.#database.unpack(call.carried, call.sha256));
        return null;
      case "open":
        return this.#opening(call);
      case "close": {
        const found = this.#open.get(call.handle);
        this.#open.delete(call.handle);
        return found?.opened.close();
      }
      case "settle":
        return this.#database.settle(call.run);
      case "ask": {
        const found = this.#open.get(call.handle);
        if (found === undefined) throw new Error(`the worker has opened nothing as ${call.handle}`);
        return found.what === "migrations"
          ? askMigrations(found.opened, call.method, call.argument, run)
          : askInspection(found.opened, call.method, call.argument);
      }
      default:
        return call satisfies never;
    }
  }

  async #opening({ handle, what, sha256, ...demands }: WorkerCall & { kind: "open" }): Promise<void> {
    const folder = this.#unpacked.get(sha256);
    if (folder === undefined) throw new Error(`no folder ${sha256} was carried to the worker`);
    await this.#open.get(handle)?.opened.close();
    if (what === "migrations") {
      this.#open.set(handle, { what, opened: await this.#database.migrations(folder, demands) });
    } else this.#open.set(handle, { what, opened: await this.#database.inspection(folder, demands) });
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

import type { DataFacts } from "../../core/data-check/types.ts";
import type { TableStatistics } from "../../core/lint/types.ts";
import type { SnapshotOrigin } from "../../core/schema/snapshot-document.ts";
import { carriedRules } from "../../core/worker/carried-rules.ts";
import type {
  ExpectedSchema,
  Inspected,
  MigrationInspection,
  OpenInspection,
} from "../../ports/migration-inspection.ts";
import type { RemoteWorker } from "./remote-worker.ts";

/** A look at a database that only the worker reaches. */
export function remoteInspection(worker: RemoteWorker): OpenInspection {
  return async ({ folder, waivers }) => {
    const opening = {
      handle: worker.newHandle(),
      what: "inspection",
      demandsRehearsal: false,
      waivers: carriedRules(waivers),
      folder,
    } as const;
    const ask = (method: keyof MigrationInspection, argument?: unknown) =>
      worker.ask(opening, { method, argument });
    await worker.ask(opening, undefined);
    return {
      inspect: async () => (await ask("inspect")) as Inspected,
      schema: async () => (await ask("schema")) as Awaited<ReturnType<MigrationInspection["schema"]>>,
      origin: async () => (await ask("origin")) as SnapshotOrigin,
      expected: async () => (await ask("expected")) as ExpectedSchema,
      statistics: async () => (await ask("statistics")) as Readonly<Record<string, TableStatistics>>,
      data: async (scope) => (await ask("data", scope)) as DataFacts,
      close: () => worker.close(opening.handle),
    };
  };
}

import type { ExpectConfig, RlsConfig } from "./database-types.ts";
import { normaliseRuns } from "./runs.ts";
import type { WrittenConfig } from "./schema.ts";
import type { DatabaseConfig } from "./types.ts";

type WrittenDatabase = NonNullable<WrittenConfig["database"]>;

/** Fills the defaults of `database` in. */
export function normaliseDatabase(app: string, written: WrittenDatabase, image: string): DatabaseConfig {
  const migrations = written.migrations ?? "migrations";
  return {
    migrations,
    seeds: written.seeds ?? beside(migrations, "seeds"),
    urlSecret: written.urlSecret ?? `${app}/{env}/migrate-url`,
    image: written.image ?? image,
    ...(written.runs && { runs: normaliseRuns(written.runs) }),
    ...(written.rls && { rls: rls(written.rls) }),
    ...(written.expect && { expect: expectations(written.expect) }),
  };
}

/** `db/migrations` and `seeds` → `db/seeds`. */
function beside(folder: string, name: string): string {
  return [...folder.replace(/\/+$/, "").split("/").slice(0, -1), name].join("/");
}

function rls(written: NonNullable<WrittenDatabase["rls"]>): RlsConfig {
  return {
    tenantColumn: written.tenantColumn,
    tenantSetting: written.tenantSetting,
    appRole: written.appRole,
    settings: written.settings ?? {},
    tables: written.tables ?? {},
    exempt: written.exempt ?? {},
    mutationScore: written.mutationScore ?? 100,
  };
}

function expectations(written: NonNullable<WrittenDatabase["expect"]>): ExpectConfig {
  return {
    tables: written.tables ?? [],
    columns: written.columns ?? {},
    functions: written.functions ?? [],
    triggers: written.triggers ?? {},
  };
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { Secret } from "../../core/secret.ts";
import type { ProbeRowSecurity } from "../../ports/row-security.ts";
import { codeOf } from "./connect-problem.ts";
import { connect } from "./connect.ts";
import { readMigrations } from "./migration-folder.ts";
import { probeRowSecurity } from "./probe-row-security.ts";
import { withScratchDatabase } from "./scratch-database.ts";

/** A database that is there already. Somebody works in it, so nothing waits long for a lock. */
export function rowSecurityOf(
  url: Secret,
  applicationName = `slipway migrate rls, process ${process.pid}`,
): ProbeRowSecurity {
  return async (config, options) => {
    const { client } = await connect(url, {
      use: "DATABASE",
      applicationName,
      statementTimeoutMs: 60_000,
      lockTimeoutMs: 2000,
    });
    // A probe may take a minute. The server undoes what a session that is gone has begun.
    const leave = (): void => void client.end();
    const { signal } = options;
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await probeRowSecurity(client, config, options);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", leave);
      await client.end();
    }
  };
}

/** A database that the app's migrations and the rehearsal's rows are put into, and that is dropped afterwards. */
export function rowSecurityOfMigrations(place: {
  readonly server: Secret;
  readonly folder: string;
  /** As of the rehearsal: `0002_rows.sql` runs after migration 0002. */
  readonly rowsFolder: string;
}): ProbeRowSecurity {
  return async (config, options) => {
    const { migrations, problems } = await readMigrations(place.folder);
    if (problems.length > 0) throw new SlipwayError(problems, "usage");
    return withScratchDatabase(place.server, async ({ worker, observer }) => {
      await fill(observer, place.rowsFolder, "0000");
      for (const migration of migrations) {
        options.signal.throwIfAborted();
        await goUp(worker.client, migration);
        await fill(observer, place.rowsFolder, migration.id.split("_")[0] ?? "");
      }
      return probeRowSecurity(observer, config, options);
    });
  };
}

async function goUp(client: Client, { up }: Migration): Promise<void> {
  if (up.header.inTransaction) await client.query("begin");
  await client.query(up.sql).catch((error: unknown) => {
    throw failed(up.file, error);
  });
  if (up.header.inTransaction) await client.query("commit");
  await client.query("discard all");
}

async function fill(client: Client, folder: string, number: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${number}_`) && one.endsWith(".sql")).sort()) {
    const text = await readFile(join(folder, name), "utf8");
    await client.query(text).catch((error: unknown) => {
      throw failed(`seeds/rehearsal/${name}`, error);
    });
  }
}

function failed(file: string, error: unknown): unknown {
  if (codeOf(error).length !== 5) return error;
  return new SlipwayError(
    {
      code: "RLS_SCRATCH_FAILED",
      at: file,
      says: `failed in the database made for it: ${error instanceof Error ? error.message : String(error)}`,
      hint: "correct it, and look with slipway migrate rehearse",
    },
    "checksFailed",
    { cause: error },
  );
}

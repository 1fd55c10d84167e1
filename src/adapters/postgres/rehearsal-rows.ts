import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import { codeOf } from "./connect-problem.ts";

/** What the server's administrator runs beside the migrations: `0002_rows.sql` after migration 0002, `0000_…` before all. */
export interface RehearsalRows {
  /** Whether anything follows the migration of this id. */
  follow(id: string): boolean;
  /** Runs what comes before the first migration. */
  first(client: Client): Promise<void>;
  /** Runs what follows the migration of this id. Throws `REHEARSAL_ROWS_FAILED` (exit 12). */
  after(client: Client, id: string): Promise<void>;
}

/** Reads the folder; one that is not there holds nothing. */
export async function readRehearsalRows(folder: string): Promise<RehearsalRows> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".sql")).sort();
  const texts = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
  );
  const numbered = Map.groupBy(texts, ({ name }) => numberOf(name));
  const run = async (client: Client, number: string) => {
    for (const { name, text } of numbered.get(number) ?? []) {
      await client.query(text).catch((error: unknown) => {
        throw failed(name, error);
      });
    }
  };
  return {
    follow: (id) => numbered.has(numberOf(id)),
    first: (client) => run(client, "0000"),
    after: (client, id) => run(client, numberOf(id)),
  };
}

function numberOf(name: string): string {
  return name.split("_")[0] ?? "";
}

function failed(name: string, error: unknown): unknown {
  // No SQLSTATE: the fault is the connection's.
  if (codeOf(error).length !== 5) return error;
  return new SlipwayError(
    {
      code: "REHEARSAL_ROWS_FAILED",
      at: `seeds/rehearsal/${name}`,
      says: `failed: ${error instanceof Error ? error.message : String(error)}`,
      hint: "mend it; it runs as the server's administrator after the migration of its number",
    },
    "checksFailed",
    { cause: error },
  );
}

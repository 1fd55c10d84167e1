import { readdir, readFile } from "node:fs/promises";
import type { Client } from "pg";

const FOLDER = new URL("../../../migrations/", import.meta.url);

/** Names of the migrations in order, such as "0002_entries". */
export async function migrations(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith(".up.sql"))
    .map((file) => file.slice(0, -".up.sql".length))
    .sort();
}

/** Runs migrations in their order, or all their downs in the opposite one; each in a transaction of its own, if it can. */
export async function migrate(client: Client, direction: "up" | "down", names?: string[]): Promise<void> {
  const inOrder = names ?? (await migrations());
  for (const name of direction === "up" ? inOrder : inOrder.toReversed()) {
    const sql = await readFile(new URL(`${name}.${direction}.sql`, FOLDER), "utf8");
    if (sql.includes("-- slipway: no-transaction")) {
      await client.query(sql);
      continue;
    }
    try {
      await client.query(`begin;\n${sql}\n;commit`);
    } catch (error) {
      await client.query("rollback");
      throw new Error(`${name}.${direction}.sql: ${(error as Error).message}`, { cause: error });
    }
  }
}

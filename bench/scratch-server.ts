import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "../src/machine/postgres/server.ts";

/** A Postgres and a folder for one benchmark, both gone when it ends. */
export interface ScratchServer {
  readonly scratch: string;
  readonly url: string;
  /** URL of a new, empty database. */
  readonly fresh: (name: string) => Promise<string>;
}

/** Of the major version of this machine's pg_dump, if it has one: pg_dump refuses a newer server. */
export async function withServer<T>(body: (server: ScratchServer) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const major = dumpMajor();
  const server = await startPostgres({
    folder: join(scratch, "postgres"),
    ...(major !== undefined && { major }),
  });
  try {
    return await body({ scratch, url: server.url, fresh: (name) => freshDatabase(server.url, name) });
  } finally {
    await server.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Major version of this machine's pg_dump. */
export function dumpMajor(): number | undefined {
  const { status, stdout } = spawnSync("pg_dump", ["--version"], { encoding: "utf8" });
  const [, major] = /\s(\d+)\./.exec(stdout ?? "") ?? [];
  return status === 0 && major !== undefined ? Number(major) : undefined;
}

async function freshDatabase(server: string, name: string): Promise<string> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Supervised } from "./supervised.ts";

const LIMIT_MS = 60_000;
const POLL_MS = 20;

/**
 * Waits until the server answers a query. Returns the reason when it does not: it ended, the time is over
 * (60 seconds, for recovery after a crash), or the signal came.
 */
export async function waitUntilReady(
  url: string,
  server: Supervised,
  signal: AbortSignal | undefined,
): Promise<Error | undefined> {
  let ended = false;
  const end = server.exited.then(() => void (ended = true));
  const deadline = performance.now() + LIMIT_MS;
  let last = new Error("the server was not asked");
  while (performance.now() < deadline) {
    if (ended) return new Error("the server ended", { cause: last });
    if (signal?.aborted === true) return new Error("interrupted", { cause: signal.reason });
    const refused = await ask(url);
    if (refused === undefined) return undefined;
    last = refused;
    await Promise.race([end, delay(POLL_MS)]);
  }
  return new Error(`the server did not answer within ${LIMIT_MS / 1000} s`, { cause: last });
}

async function ask(url: string): Promise<Error | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 2000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}

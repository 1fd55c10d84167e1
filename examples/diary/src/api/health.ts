import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";

const LIMIT_MS = 2000;

/** Whether the database answers within two seconds. */
export async function isHealthy(pool: Pool): Promise<boolean> {
  const over = new AbortController();
  const asked = pool.query("select 1").then(
    () => true,
    () => false,
  );
  const late = delay(LIMIT_MS, false, { signal: over.signal }).catch(() => false);
  const healthy = await Promise.race([asked, late]);
  over.abort();
  return healthy;
}

import type { Server } from "node:http";
import type { Pool } from "pg";

// Shorter than the 30 s that ECS leaves a task after SIGTERM.
const GRACE_MS = 20_000;

/** Accepts nothing more, lets running requests finish (20 seconds at most), then lets go of the database. */
export async function stop(server: Server, pool: Pool): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
  await pool.end();
}

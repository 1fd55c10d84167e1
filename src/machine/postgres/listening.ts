import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isPortFree } from "./free-port.ts";
import { LOG_LINE_PREFIX, SUPERUSER, type Workplace } from "./init-database.ts";
import { waitUntilReady } from "./readiness.ts";
import type { PostgresOptions } from "./server.ts";
import { startProblem } from "./start-problem.ts";
import { startSupervised, type Supervised } from "./supervised.ts";

/** The only address that a server listens on. */
export const HOST = "127.0.0.1";

const PORT_TRIES = 5;

/**
 * Starts the server on the port it was given, or on a free one, and waits until it answers. Throws what
 * start-problem.ts makes of a failure.
 */
export async function listening(
  at: Workplace,
  options: PostgresOptions,
  log: string,
  password: string,
): Promise<{ server: Supervised; port: number }> {
  const fixed = options.port === undefined || options.port === 0 ? undefined : options.port;
  for (let attempt = 1; ; attempt++) {
    const port = fixed ?? (await freePort());
    const begin = sizeOf(log);
    const server = launch(at, options, log, port);
    const failure = await waitUntilReady(urlOf(password, port), server, options.signal);
    if (failure === undefined) return { server, port };
    await server.stop();
    options.signal?.throwIfAborted();
    // Somebody took the port between our look and the server's start.
    const lost = !(await isPortFree(port));
    if (lost && fixed === undefined && attempt < PORT_TRIES) continue;
    const text = readFileSync(log, "utf8").slice(begin);
    throw startProblem({ folder: at.data, log: text, portTaken: lost ? port : undefined, cause: failure });
  }
}

function launch(at: Workplace, options: PostgresOptions, log: string, port: number): Supervised {
  const settings: Record<string, string> = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: "",
    log_line_prefix: LOG_LINE_PREFIX,
    timezone: "UTC",
    log_timezone: "UTC",
    // Three worker processes less; nothing here needs their throughput.
    ...(at.binaries.major >= 18 ? { io_method: "sync" } : {}),
    ...options.settings,
  };
  const out = openSync(
    log,
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    return startSupervised({
      argv: [
        join(at.binaries.folder, "bin", "postgres"),
        "-D",
        at.data,
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      env: { LC_ALL: "C", TZ: "UTC" },
      identity: at.identity,
      stdio: ["ignore", out, out],
      firstSignal: "INT",
      graceSeconds: 10,
    });
  } finally {
    closeSync(out);
  }
}

function sizeOf(log: string): number {
  try {
    return readFileSync(log, "utf8").length;
  } catch {
    return 0;
  }
}

/** Where the superuser connects. */
export function urlOf(password: string, port: number): string {
  return `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/postgres`;
}

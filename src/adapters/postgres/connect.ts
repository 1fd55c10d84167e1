import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { parseAddress, type Address, type DatabaseUse } from "./address.ts";
import { connectProblem, poolerProblem } from "./connect-problem.ts";

export interface ConnectOptions {
  readonly use: DatabaseUse;
  /** Shown in pg_stat_activity, and to whoever is kept waiting by this session. */
  readonly applicationName: string;
  /** Milliseconds; 0: no limit. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** More session settings, by their Postgres names. They become the session's defaults: RESET returns to them. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

export interface Connected {
  readonly client: Client;
  readonly address: Address;
  /** Aborts when the connection breaks, with the error as its reason. */
  readonly broken: AbortSignal;
}

const DEADLINE_MS = 10_000;
const OLDEST = 14;

/**
 * A session of its own on the server, in UTC, that outlives neither its process nor its network: the server looks for
 * its client twice a second. Throws `<use>_…` (exit 11) with a reason a person can act on.
 */
export async function connect(url: Secret, options: ConnectOptions): Promise<Connected> {
  const { address, url: parsed } = parseAddress(url, options.use);
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const mark = randomUUID();
  const settings = { ...sessionSettings(options), ...options.settings, "slipway.session": mark };
  // The driver lets the URL's parameters win over the config's.
  const wanted = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(" ", "\\ ")}`,
  );
  const given = parsed.searchParams.get("options");
  parsed.searchParams.set("options", [...(given === null ? [] : [given]), ...wanted].join(" "));
  parsed.searchParams.delete("application_name");
  // The client would give up and the server would go on, with all its locks.
  parsed.searchParams.delete("query_timeout");

  const began = performance.now();
  try {
    const client = new Client({
      connectionString: parsed.href,
      application_name: options.applicationName.slice(0, 63),
      connectionTimeoutMillis: deadlineMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const broken = new AbortController();
    // Without a listener a lost connection ends the process.
    client.on("error", (error) => broken.abort(error));
    client.on("end", () => broken.abort(new Error("the connection has ended")));
    await client.connect();
    const fault = await serverProblem(client, options.use, address, mark);
    if (fault === undefined) return { client, address, broken: broken.signal };
    await client.end();
    throw new SlipwayError(fault, "verifyFailed");
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const waited = performance.now() - began;
    const timedOut = waited >= deadlineMs ? deadlineMs : undefined;
    throw new SlipwayError(connectProblem(error, options.use, address, timedOut), "verifyFailed", {
      cause: error,
    });
  }
}

async function serverProblem(
  client: Client,
  use: DatabaseUse,
  address: Address,
  mark: string,
): Promise<Problem | undefined> {
  const { rows } = await client.query<{ pid: number; version: number; standby: boolean }>(
    `select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
            pg_is_in_recovery() as standby`,
  );
  const [server] = rows;
  if (server === undefined) return undefined;
  if (server.version < OLDEST * 10_000) {
    return {
      code: `${use}_TOO_OLD`,
      at: address.text,
      says: `runs Postgres ${Math.floor(server.version / 10_000)}, older than ${OLDEST}`,
      hint: `upgrade the server to Postgres ${OLDEST} or newer`,
    };
  }
  if (server.standby) {
    return {
      code: `${use}_READ_ONLY`,
      at: address.text,
      says: "is a standby, which only reads",
      hint: "give the URL of the primary server",
    };
  }
  return (await isPooled(client, server.pid, mark)) ? poolerProblem(use, address) : undefined;
}

/**
 * A pooler makes up the process id that it tells its clients (PgBouncer always does), drops the settings they begin
 * with, or gives the next transaction to another session.
 */
async function isPooled(client: Client, pid: number, mark: string): Promise<boolean> {
  const told = (client as unknown as { readonly processID: number | null }).processID;
  if (told !== pid) return true;
  const { rows } = await client.query<{ same: boolean }>(
    "select pg_backend_pid() = $1::int and current_setting('slipway.session', true) = $2 as same",
    [pid, mark],
  );
  return rows[0]?.same !== true;
}

function sessionSettings(options: ConnectOptions): Record<string, string> {
  return {
    timezone: "UTC",
    datestyle: "ISO",
    // What is scanned before it runs is scanned this way.
    standard_conforming_strings: "on",
    statement_timeout: String(options.statementTimeoutMs),
    lock_timeout: String(options.lockTimeoutMs),
    idle_in_transaction_session_timeout: "60000",
    client_connection_check_interval: "500",
  };
}

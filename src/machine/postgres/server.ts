import { readFileSync } from "node:fs";
import { join } from "node:path";
import { postgresBinaries } from "./binaries.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { isPortFree } from "./free-port.ts";
import { type Identity, serverIdentity } from "./identity.ts";
import { CommandFailed, initDatabase, setPassword, type Workplace } from "./init-database.ts";
import { HOST, listening, urlOf } from "./listening.ts";
import { readableBinaries } from "./readable-binaries.ts";
import { startProblem } from "./start-problem.ts";

export interface PostgresOptions {
  /** Belongs to this server alone; made when missing, used again when it holds a database. */
  readonly folder: string;
  /** Port on 127.0.0.1; 0 or left out: a free one. */
  readonly port?: number;
  /** Server settings by their Postgres names, such as `{ fsync: "off" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Major version to use; left out: what `postgresBinaries` prefers, or what made the data. */
  readonly major?: number;
  readonly signal?: AbortSignal;
}

/** A Postgres that runs until `stop`, or until this process ends. */
export interface PostgresServer {
  /** Superuser over TCP on loopback, with a password that is new at each start. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly pid: number;
  /** Fast shutdown; after ten seconds an immediate one. Idempotent. */
  stop(): Promise<void>;
  /** Stops and deletes the folder with everything in it. */
  remove(): Promise<void>;
}

/**
 * Starts a server, after `initdb` where the folder is empty. As root it runs as `postgres` or `nobody`.
 * Throws SlipwayError: POSTGRES_MISSING, POSTGRES_NO_USER, POSTGRES_PORT_TAKEN, POSTGRES_DISK_FULL,
 * POSTGRES_FOLDER_IN_USE, POSTGRES_DATA_BROKEN.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  options.signal?.throwIfAborted();
  const identity = serverIdentity();
  if (options.port !== undefined && options.port !== 0 && !(await isPortFree(options.port))) {
    throw startProblem({ folder: options.folder, log: "", portTaken: options.port });
  }
  const data = openDataFolder(options.folder, identity);
  try {
    return await runIn(data, identity, options);
  } catch (error) {
    data.close();
    throw error;
  }
}

async function runIn(
  data: DataFolder,
  identity: Identity,
  options: PostgresOptions,
): Promise<PostgresServer> {
  const binaries = readableBinaries(postgresBinaries(options.major ?? data.major), identity);
  const at: Workplace = { binaries, identity, data: data.path };
  const password = await prepared(at, data.major === undefined);
  options.signal?.throwIfAborted();
  const { server, port } = await listening(at, options, data.log, password);

  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => (ended ??= server.stop().then(() => data.close()));
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  return {
    url: urlOf(password, port),
    host: HOST,
    port,
    version: binaries.version,
    pid: Number.parseInt(readFileSync(join(data.path, "postmaster.pid"), "utf8"), 10),
    stop,
    remove: async () => {
      await stop();
      data.remove();
    },
  };
}

async function prepared(at: Workplace, isEmpty: boolean): Promise<string> {
  try {
    if (isEmpty) await initDatabase(at);
    return await setPassword(at);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw startProblem({ folder: at.data, log: error.message, portTaken: undefined, cause: error });
  }
}

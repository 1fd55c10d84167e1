import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { startPostgres, type PostgresServer } from "../../../src/machine/postgres/server.ts";
import { onDatabase } from "./databases.ts";

const SETTINGS = { fsync: "off", max_connections: "500", shared_buffers: "64MB", autovacuum: "off" };
const ROLE = "faults";

/** The harness's Postgres. It can be killed as if by the machine, and comes back at the same address. */
export class LabPostgres {
  readonly url: string;
  readonly #folder: string;
  #server: PostgresServer;

  private constructor(folder: string, server: PostgresServer, url: string) {
    this.#folder = folder;
    this.#server = server;
    this.url = url;
  }

  static async start(folder: string): Promise<LabPostgres> {
    const server = await startPostgres({ folder, settings: SETTINGS });
    // A server's own superuser has a new password at each start; this one's stays.
    const password = randomBytes(18).toString("hex");
    await onDatabase(server.url, (client) =>
      client.query(`create role ${ROLE} login superuser password '${password}'`),
    );
    const url = new URL(server.url);
    url.username = ROLE;
    url.password = password;
    return new LabPostgres(folder, server, url.href);
  }

  /** SIGKILL to the server and to each of its processes, at once. */
  kill(): void {
    const { pid } = this.#server;
    const children = childrenOf(pid);
    process.kill(pid, "SIGKILL");
    for (const child of children) signal(child);
  }

  /** Starts the server again after `kill`, at the same port; it recovers what it had promised. */
  async restart(): Promise<void> {
    const { port } = this.#server;
    await this.#server.stop();
    this.#server = await startPostgres({ folder: this.#folder, port, settings: SETTINGS });
  }

  remove(): Promise<void> {
    return this.#server.remove();
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended with its server.
  }
}

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Client } from "pg";

export interface PoolerOptions {
  /** Connections to the server behind it, given out in turn: with two, each transaction gets another one. */
  readonly servers: number;
  /** The process id that clients are told: one that the pooler made up, or that of its first server connection. */
  readonly tells: "its own" | "the first server's";
}

interface ServerSide {
  readonly socket: Socket;
  readonly pid: number;
  client: Socket | undefined;
}

const READY = 0x5a; // Z
const TERMINATE = 0x58; // X
const IDLE = 0x49; // I

/** A pooler in transaction mode before a real Postgres; fake-pooler.md says how it behaves. */
export class FakePooler {
  readonly #server: Server;
  readonly #servers: ServerSide[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #sockets = new Set<Socket>();
  #turn = 0;
  readonly #tells: PoolerOptions["tells"];

  private constructor(tells: PoolerOptions["tells"]) {
    this.#tells = tells;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
      this.#serve(socket);
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static async before(url: string, { servers, tells }: PoolerOptions): Promise<FakePooler> {
    const pooler = new FakePooler(tells);
    for (let n = 0; n < servers; n += 1) pooler.#servers.push(await serverSide(url));
    pooler.#server.listen(0, "127.0.0.1");
    await once(pooler.#server, "listening");
    for (const side of pooler.#servers) pooler.#relayAnswers(side);
    return pooler;
  }

  /** The same URL, with the pooler's address. */
  urlFor(url: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the pooler does not listen");
    const own = new URL(url);
    own.hostname = "127.0.0.1";
    own.port = String(address.port);
    return own.href;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const { socket } of this.#servers) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    let assigned: ServerSide | undefined;
    let greeted = false;
    let working: Promise<void> = Promise.resolve();
    const forward = async (message: Buffer): Promise<void> => {
      if (assigned?.client !== client) assigned = await this.#free();
      assigned.client = client;
      assigned.socket.write(message);
    };
    const messages = framed();
    client.on("data", (bytes: Buffer) => {
      if (!greeted) {
        // The startup message: whatever it asks for, the pooler knows better.
        greeted = true;
        const pid = this.#tells === "its own" ? 4_000_000 : (this.#servers[0]?.pid ?? 0);
        client.write(Buffer.concat([authenticationOk(), backendKey(pid), readyForQuery()]));
        return;
      }
      for (const message of messages(bytes)) {
        if (message[0] !== TERMINATE) working = working.then(() => forward(message));
      }
    });
  }

  async #free(): Promise<ServerSide> {
    for (;;) {
      for (let n = 0; n < this.#servers.length; n += 1) {
        const side = this.#servers[(this.#turn + n) % this.#servers.length];
        if (side === undefined || side.client !== undefined) continue;
        this.#turn += n + 1;
        return side;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #relayAnswers(side: ServerSide): void {
    const messages = framed();
    side.socket.on("data", (bytes: Buffer) => {
      for (const message of messages(bytes)) {
        const client = side.client;
        // The transaction has ended: the connection goes to whoever wants one next.
        if (message[0] === READY && message[5] === IDLE) {
          side.client = undefined;
          this.#waiting.shift()?.();
        }
        client?.write(message);
      }
    });
  }
}

/** A session that the driver has opened, and that from now on is ours to write to. */
async function serverSide(url: string): Promise<ServerSide> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { connection, processID } = client as unknown as {
    readonly connection: { readonly stream: Socket };
    readonly processID: number;
  };
  const socket = connection.stream;
  socket.removeAllListeners("data");
  socket.removeAllListeners("error").on("error", () => socket.destroy());
  socket.removeAllListeners("close").removeAllListeners("end");
  return { socket, pid: processID, client: undefined };
}

/** Cuts a stream into messages: a type byte, a length that counts itself, a body. */
function framed(): (bytes: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const messages: Buffer[] = [];
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const length = 1 + rest.readInt32BE(1);
      messages.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return messages;
  };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const authenticationOk = (): Buffer => message("R", Buffer.alloc(4));
const readyForQuery = (): Buffer => message("Z", Buffer.from("I"));
function backendKey(pid: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeInt32BE(pid);
  return message("K", body);
}

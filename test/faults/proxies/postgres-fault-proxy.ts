import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { MessageReader } from "./postgres-messages.ts";

export const POSTGRES_FAULTS = ["reset-before", "reset-after"] as const;

export type PostgresFault = (typeof POSTGRES_FAULTS)[number];

/** A statement on its way to the server: the beginning of its text, or the name of a prepared one. */
export interface SeenStatement {
  /** From 1, over all connections. */
  readonly n: number;
  readonly text: string;
}

export type ChooseStatementFault = (statement: SeenStatement) => PostgresFault | undefined;

/**
 * Stands in front of a Postgres and cuts connections before a statement reaches the server, or after the server has
 * done it and before the answer is through. Speaks just enough of the protocol to know where statements begin and end.
 */
export class PostgresFaultProxy {
  readonly statements: SeenStatement[] = [];
  choose: ChooseStatementFault;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: { host: string; port: number }, choose: ChooseStatementFault) {
    this.choose = choose;
    this.#server = createServer((client) => this.#join(client, connect(target.port, target.host)));
  }

  static async start(
    url: string,
    choose: ChooseStatementFault = () => undefined,
  ): Promise<PostgresFaultProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new PostgresFaultProxy({ host: hostname, port: Number(port || 5432) }, choose);
    await new Promise<void>((done, failed) => {
      proxy.#server.once("error", failed);
      proxy.#server.listen(0, "127.0.0.1", done);
    });
    return proxy;
  }

  /** The URL with this proxy in the place of the server. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = "127.0.0.1";
    changed.port = String((this.#server.address() as AddressInfo).port);
    return changed.href;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }

    let cutWhenDone = false;
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    const asked = new MessageReader("client", (message) => {
      if (message.kind !== "statement") return "pass";
      const statement = { n: this.statements.length + 1, text: message.text };
      this.statements.push(statement);
      const fault = this.choose(statement);
      if (fault === "reset-after") cutWhenDone = true;
      return fault === "reset-before" ? "cut" : "pass";
    });
    const answered = new MessageReader("server", (message) => {
      if (cutWhenDone && message.kind === "ready") return "cut";
      return cutWhenDone ? "swallow" : "pass";
    });
    client.on("data", (chunk) => forward(asked, chunk, server, cut));
    server.on("data", (chunk) => forward(answered, chunk, client, cut));
  }
}

function forward(reader: MessageReader, chunk: Buffer, to: Socket, cut: () => void): void {
  const { bytes, isCut } = reader.take(chunk);
  if (isCut) cut();
  else if (bytes.length > 0) to.write(bytes);
}

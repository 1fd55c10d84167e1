import { connect, type Socket } from "node:net";

/** Opens a connection to a port of one machine of the private network. */
export type Dial = (port: number) => Promise<Socket>;

const CONNECT_MS = 5_000;

/**
 * The cloud's private network: addresses such as 10.0.0.7 that exist only in here, each with a way to connect to it.
 * A task gets one, as with `awsvpc`, so that any number of tasks may use the same port.
 */
export class PrivateNetwork {
  readonly #hosts = new Map<string, Dial>();
  #last = 0;

  join(dial: Dial): string {
    this.#last += 1;
    const address = `10.0.${(this.#last >> 8) & 255}.${this.#last & 255}`;
    this.#hosts.set(address, dial);
    return address;
  }

  leave(address: string): void {
    this.#hosts.delete(address);
  }

  /** A connection to a member, or to this machine's own loopback. Rejects when there is none within five seconds. */
  connect(address: string, port: number): Promise<Socket> {
    const dial = this.#hosts.get(address) ?? (address === "127.0.0.1" ? dialLoopback : undefined);
    if (dial === undefined) return Promise.reject(new Error(`nobody has the address ${address}`));
    return inTime(dial(port), `${address}:${port}`);
  }
}

/** Connects to a port of this machine. */
export function dialLoopback(port: number): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.removeListener("error", failed);
      done(socket);
    });
  });
}

async function inTime(socket: Promise<Socket>, address: string): Promise<Socket> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(
      () => failed(new Error(`no connection to ${address} within ${CONNECT_MS} ms`)),
      CONNECT_MS,
    );
  });
  try {
    return await Promise.race([socket, late]);
  } catch (error) {
    // One that comes after all is not wanted any more.
    void socket.then((unwanted) => unwanted.destroy()).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

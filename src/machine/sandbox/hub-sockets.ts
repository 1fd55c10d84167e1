import { type ChildProcess, spawn } from "node:child_process";
import type { Socket as UdpSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { BaseNamespace } from "./base-namespace.ts";
import type { HubAnswer, HubRequest } from "./hub-protocol.ts";
import { enterArgv } from "./nsenter.ts";
import { sandboxError } from "./sandbox-error.ts";
import { TOOL_PATH } from "./tools.ts";

/** Sockets of the hub's network, usable in this process. */
export interface HubSockets {
  /** A server for a port, whatever address was meant: `socket.localAddress` of a connection tells. */
  listen(port: number): Promise<Server>;
  /** Rejects with an error that has the `code` of the failed connection. */
  connect(host: string, port: number): Promise<Socket>;
  udp(host: string, port: number): Promise<UdpSocket>;
  readonly ended: Promise<void>;
}

const AGENT = fileURLToPath(new URL("./hub-agent.ts", import.meta.url));
const ANSWER_MS = 20_000;

type Handle = Server | Socket | UdpSocket;
type Ask = HubRequest extends infer R ? (R extends HubRequest ? Omit<R, "id"> : never) : never;

/** Starts the agent in the base's network namespace. */
export async function startHubSockets(base: BaseNamespace): Promise<HubSockets> {
  const place = { user: base.namespace("user"), net: base.namespace("net") };
  const [program, ...rest] = enterArgv(place, [process.execPath, AGENT]);
  const agent = spawn(program, rest, {
    env: { PATH: TOOL_PATH },
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const waiting = new Map<number, (answer: HubAnswer, handle?: Handle) => void>();
  agent.on("message", (answer: HubAnswer, handle?: Handle) => waiting.get(answer.id)?.(answer, handle));
  const ended = new Promise<void>((resolve) => {
    agent.once("error", () => resolve());
    agent.once("exit", () => resolve());
  });
  let last = 0;
  const ask = <T extends Handle | undefined>(request?: Ask): Promise<T> => {
    const id = request === undefined ? 0 : ++last;
    return answered<T>(waiting, id, ended, () => {
      if (request !== undefined) agent.send({ ...request, id });
    });
  };
  await ask<undefined>();
  agent.unref();
  unrefChannel(agent);
  return {
    listen: (port) => ask<Server>({ do: "listen", port }),
    connect: (host, port) => ask<Socket>({ do: "connect", host, port }),
    udp: (host, port) => ask<UdpSocket>({ do: "udp", host, port }),
    ended,
  };
}

async function answered<T extends Handle | undefined>(
  waiting: Map<number, (answer: HubAnswer, handle?: Handle) => void>,
  id: number,
  ended: Promise<void>,
  send: () => void,
): Promise<T> {
  const answer = Promise.withResolvers<T>();
  waiting.set(id, ({ error }, handle) => {
    if (error === "") answer.resolve(handle as T);
    else answer.reject(Object.assign(new Error(`sandbox network: ${error}`), { code: error }));
  });
  // The timer also keeps this process awake until the answer is there; the agent itself does not.
  const timer = setTimeout(() => answer.reject(sandboxError("the network hub did not answer")), ANSWER_MS);
  const gone = ended.then(() => Promise.reject(sandboxError("the network hub has ended")));
  try {
    send();
    return await Promise.race([answer.promise, gone]);
  } finally {
    clearTimeout(timer);
    waiting.delete(id);
  }
}

function unrefChannel(agent: ChildProcess): void {
  agent.channel?.unref();
}

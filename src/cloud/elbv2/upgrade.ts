import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { endToEnd, forwarded } from "./proxy-headers.ts";
import type { TargetPool } from "./target-pool.ts";

/** Passes an upgrade (a web socket) to a target and joins the two connections when the target agrees. */
export async function passUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  pool: TargetPool | undefined,
  port: number,
): Promise<void> {
  client.on("error", () => client.destroy());
  const target = pool?.pick(new Set());
  if (pool === undefined || target === undefined) {
    client.end(
      "HTTP/1.1 503 Service Temporarily Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    return;
  }
  const end = pool.begin(target);
  client.once("close", end);
  try {
    const socket = await target.agent.dial();
    const upstream = httpRequest({
      createConnection: () => socket,
      host: target.host,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: { ...forwarded(request, port), connection: "upgrade", upgrade: request.headers.upgrade },
      setHost: false,
    });
    upstream.on("upgrade", (answer, server, first) => {
      client.write(statusAndHeaders(answer, { connection: "upgrade", upgrade: answer.headers.upgrade }));
      client.write(first);
      server.write(head);
      join(client, server);
    });
    upstream.on("response", (answer) => {
      client.write(statusAndHeaders(answer, { connection: "close" }));
      answer.pipe(client);
    });
    upstream.on("error", () => client.destroy());
    upstream.end();
  } catch {
    client.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  }
}

function join(one: Duplex, other: Duplex): void {
  one.pipe(other);
  other.pipe(one);
  one.on("close", () => other.destroy());
  other.on("close", () => one.destroy());
  other.on("error", () => one.destroy());
}

function statusAndHeaders(answer: IncomingMessage, own: Record<string, string | undefined>): string {
  const headers = Object.entries({ ...endToEnd(answer.headers), ...own });
  const lines = headers.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .map((one) => `${name}: ${one}\r\n`),
  );
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join("")}\r\n`;
}

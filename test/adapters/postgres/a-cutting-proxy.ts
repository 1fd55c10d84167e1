import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What happens to a connection that sends a commit: its answer is lost, it never arrives, or all is gone with it. */
export type Cut = "answer lost" | "never sent" | "server gone";

/** The URL of a proxy before the server of `url` that cuts the first connection on which a commit is sent. */
export async function cuttingProxy(url: string, cut: Cut): Promise<string> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let waiting = false;
    client.on("data", (bytes) => {
      // A simple query ends with a NUL.
      const commits = bytes.includes("commit\0");
      waiting ||= commits && cut === "answer lost";
      if (!commits || waiting) {
        server.write(bytes);
        return;
      }
      if (cut === "server gone") {
        proxy.close();
        for (const socket of sockets) socket.destroy();
      }
      client.destroy();
    });
    server.on("data", (bytes) => void (waiting ? client.destroy() : client.write(bytes)));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String(address.port);
  return own.href;
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { constants } from "node:os";
import type {
  ContainerOrder,
  ContainerRunner,
  RunningContainer,
} from "../../../src/cloud/ecs/container-runner.ts";

/** Runs tasks as plain child processes: an "image" is the name of a JavaScript program, or unknown. */
export class ChildRunner implements ContainerRunner {
  readonly orders: ContainerOrder[] = [];
  readonly #programs: Readonly<Record<string, string>>;
  readonly #children = new Set<ChildProcess>();

  constructor(programs: Readonly<Record<string, string>>) {
    this.#programs = programs;
  }

  pull(image: string): Promise<string> {
    if (this.#programs[image] !== undefined)
      return Promise.resolve(`sha256:${Buffer.from(image).toString("hex")}`);
    const error = new Error(`${image}: not found`);
    error.name = "CannotPullContainerError";
    return Promise.reject(error);
  }

  start(order: ContainerOrder): Promise<RunningContainer> {
    this.orders.push(order);
    const child = spawn(process.execPath, ["-e", this.#programs[order.image] ?? ""], {
      env: { ...order.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#children.add(child);
    let port = 0;
    child.stdout.on("data", (text: Buffer) => (port = Number(text.toString())));
    const exited = once(child, "exit").then(([code, signal]) => {
      this.#children.delete(child);
      if (typeof code === "number") return code;
      return 128 + constants.signals[signal as NodeJS.Signals];
    });
    return Promise.resolve({
      exited,
      connect: () => dial(port),
      async stop(graceMs: number) {
        child.kill("SIGTERM");
        const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
        await exited;
        clearTimeout(kill);
      },
    });
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  /** How many processes there are now. */
  get running(): number {
    return this.#children.size;
  }
}

function dial(port: number): Promise<Socket> {
  return new Promise((done, failed) => {
    if (port === 0) {
      failed(new Error("it does not listen yet"));
      return;
    }
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      done(socket);
    });
  });
}

/** An HTTP server that says which version it is, takes its time at /slow, and ends properly on SIGTERM; `abrupt`: at once. */
export function serverProgram(
  version: string,
  options: { healthStatus?: number; abrupt?: boolean } = {},
): string {
  return `
    const server = require("node:http").createServer((request, response) => {
      if (request.url === "/health") { response.statusCode = ${options.healthStatus ?? 200}; response.end(); return; }
      if (request.url === "/slow") { setTimeout(() => response.end("slow ${version}"), 400); return; }
      if (request.url === "/env") { response.end(JSON.stringify(process.env)); return; }
      if (request.method === "POST") { request.pipe(response); return; }
      response.end("${version}");
    });
    server.on("upgrade", (request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\\r\\nConnection: upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n");
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
    if (${options.abrupt === true}) process.on("SIGTERM", () => process.exit(0));
    process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
  `;
}

export const CRASH = "process.exitCode = 3";

import { createHash } from "node:crypto";
import { connect, createServer, type Server } from "node:net";

/** A name that at most one holder on this machine has at a time. The kernel gives it back when the holder dies. */
export interface MachineLock {
  release(): Promise<void>;
}

/**
 * Takes the lock, or undefined when somebody holds it. It is a socket in Linux's abstract namespace: no file, so
 * nothing can be left behind.
 */
export async function tryLock(name: string): Promise<MachineLock | undefined> {
  const server = createServer((socket) => socket.on("error", () => {}));
  const taken = await new Promise<boolean>((answer, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? answer(false) : fail(error),
    );
    server.listen(address(name), () => answer(true));
  });
  if (!taken) return undefined;

  const waiting = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => waiting.add(socket));
  server.unref();
  return { release: async () => await close(server, waiting) };
}

/** Waits for the lock until the signal aborts. */
export async function lock(name: string, signal: AbortSignal): Promise<MachineLock> {
  for (;;) {
    signal.throwIfAborted();
    const taken = await tryLock(name);
    if (taken !== undefined) return taken;
    await whileHeld(name, signal);
  }
}

/** A connection to the holder ends when the holder lets go, whether it wanted to or died. */
async function whileHeld(name: string, signal: AbortSignal): Promise<void> {
  // It may have aborted while the lock was tried, and then no event comes any more.
  signal.throwIfAborted();
  await new Promise<void>((done) => {
    const socket = connect(address(name));
    const stop = () => socket.destroy();
    signal.addEventListener("abort", stop, { once: true });
    socket.on("error", () => {});
    socket.on("close", () => {
      signal.removeEventListener("abort", stop);
      done();
    });
    socket.resume();
  });
}

async function close(server: Server, waiting: Iterable<{ destroy(): void }>): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  for (const socket of waiting) socket.destroy();
  await closed;
}

function address(name: string): string {
  return `\0slipway-${createHash("sha256").update(name).digest("hex")}`;
}

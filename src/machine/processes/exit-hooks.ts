type Cleanup = () => void | Promise<void>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Longest time the clean-up may take before the process ends anyway. */
const DEADLINE_MS = 15_000;

const cleanups = new Set<{ readonly run: Cleanup }>();
let listening = false;

/**
 * Registers what must be undone when this process ends: normally, by SIGINT, SIGTERM or SIGHUP, or by an uncaught
 * error. Runs once, the newest first. Returns the function that takes the registration back.
 *
 * Whoever else listens to the same signal decides when the process ends, and calls `runExitHooks` before that;
 * after a bare `process.exit` only the synchronous part of a cleanup can run.
 */
export function onExit(cleanup: Cleanup): () => void {
  listen();
  const entry = { run: cleanup };
  cleanups.add(entry);
  return () => void cleanups.delete(entry);
}

/** Runs every registered cleanup now. Never rejects: a failing cleanup must not keep the others from running. */
export async function runExitHooks(): Promise<void> {
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, DEADLINE_MS).unref());
  await Promise.race([Promise.allSettled(taken().map(async (cleanup) => cleanup())), deadline]);
}

function taken(): Cleanup[] {
  const list = [...cleanups].toReversed().map((entry) => entry.run);
  cleanups.clear();
  return list;
}

function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("uncaughtException", (error) => void endByError(error));
  process.on("beforeExit", () => {
    if (cleanups.size > 0) void runExitHooks();
  });
  process.on("exit", () => {
    for (const cleanup of taken()) startQuietly(cleanup);
  });
}

async function endBySignal(signal: NodeJS.Signals): Promise<void> {
  if (process.listenerCount(signal) > 1) return;
  await runExitHooks();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

async function endByError(error: unknown): Promise<void> {
  if (process.listenerCount("uncaughtException") > 1) return;
  await runExitHooks();
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

function onSignal(signal: NodeJS.Signals): void {
  void endBySignal(signal);
}

function startQuietly(cleanup: Cleanup): void {
  try {
    void Promise.resolve(cleanup()).catch(() => undefined);
  } catch {
    // The process is ending; nobody is left to tell.
  }
}

import type { StopSignals } from "../actions/run-context.ts";
import { EXIT_CODES } from "../core/errors.ts";

/** Signals that a terminal or a CI sends to stop a run. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a verb that must not die half-way: the first signal asks it to undo what it began, the second one to leave at
 * once. Any further signal ends the process.
 */
export async function interruptible<T>(body: (signals: StopSignals) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const leave = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (leave.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
    if (stop.signal.aborted) leave.abort();
    else {
      process.stderr.write(`slipway: ${signal}; ending in good order (once more: leave at once)\n`);
      stop.abort();
    }
  };

  for (const signal of STOPPING) process.on(signal, onSignal);
  try {
    return await body({ stop: stop.signal, leave: leave.signal });
  } finally {
    for (const signal of STOPPING) process.off(signal, onSignal);
  }
}

import { rmSync } from "node:fs";
import { SlipwayError, type ExitKind, type Problem } from "../../core/errors.ts";
import { runExitHooks } from "../../machine/processes/exit-hooks.ts";
import { takeLock } from "./cloud-lock.ts";
import { cloudPlaces } from "./cloud-places.ts";
import { runCloud, type RunningCloud } from "./running-cloud.ts";
import { isRunning, readRunning, writeState } from "./state-file.ts";

/** What the daemon tells the process that started it, once. */
export type FirstWord =
  | { readonly kind: "up" }
  | { readonly kind: "problem"; readonly problems: readonly Problem[]; readonly exit: ExitKind };

/** The daemon's process: `main.ts STATE_FOLDER NAME [PORT]`. Lives until it is told to end. */
async function main(stateFolder: string, name: string, port: number | undefined): Promise<void> {
  const places = cloudPlaces(stateFolder, name);
  const release = takeLock(places.lock);
  let running: RunningCloud | undefined;
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ending ??= (async () => {
      await running?.close();
      const state = readRunning(places.state);
      if (state !== undefined && isRunning(state) && state.pid === process.pid)
        rmSync(places.state, { force: true });
      release();
      await runExitHooks();
      process.exit(0);
    })());
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end());

  try {
    const options = { name, folder: places.folder, port, onFault: log, onStopped: () => void end() };
    running = await runCloud(options, (state) => writeState(places.state, state));
  } catch (error) {
    release();
    throw error;
  }
  // The daemon goes on without its parent.
  tell({ kind: "up" });
}

function tell(word: FirstWord): void {
  if (process.send === undefined) return;
  process.send(word, () => process.disconnect());
}

function log(fault: unknown): void {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

const [stateFolder = "", name = "", port] = process.argv.slice(2);
process.on("unhandledRejection", log);
main(stateFolder, name, port === undefined ? undefined : Number(port)).catch(async (error: unknown) => {
  log(error);
  const bug: Problem = {
    code: "CLOUD_FAULT",
    at: "local cloud",
    says: error instanceof Error ? error.message : String(error),
    hint: "its log has the details",
  };
  if (error instanceof SlipwayError) tell({ kind: "problem", problems: error.problems, exit: error.exit });
  else tell({ kind: "problem", problems: [bug], exit: "bug" });
  await runExitHooks();
  process.exit(1);
});

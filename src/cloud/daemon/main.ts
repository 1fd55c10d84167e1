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

/** What the system says when a file may not or cannot be written. */
const REFUSALS = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS"];

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
  // Until it is up, it is of use to nobody but the process that starts it.
  const parentIsGone = () => void end();
  process.once("disconnect", parentIsGone);

  try {
    const options = { name, folder: places.folder, port, onFault: log, onStopped: () => void end() };
    running = await runCloud(options, (state) => writeState(places.state, state));
  } catch (error) {
    release();
    throw error;
  }
  // From here on the daemon goes on without its parent.
  process.off("disconnect", parentIsGone);
  tell({ kind: "up" });
}

function tell(word: FirstWord): void {
  if (process.send === undefined || !process.connected) return;
  process.send(word, () => process.disconnect());
}

function log(fault: unknown): void {
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

function problemOf(error: unknown): FirstWord {
  if (error instanceof SlipwayError) return { kind: "problem", problems: error.problems, exit: error.exit };
  const says = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof Error && "code" in error ? String(error.code) : "";
  if (REFUSALS.includes(refusal)) {
    const why = refusal === "ENOSPC" ? "the disk is full" : refusal;
    const unwritable = {
      code: "STATE_UNWRITABLE",
      at: stateFolder,
      says: `cannot be written: ${why}`,
      hint: "free space, or set SLIPWAY_HOME to another folder",
    };
    return { kind: "problem", problems: [unwritable], exit: "verifyFailed" };
  }
  const bug = { code: "CLOUD_FAULT", at: "local cloud", says, hint: "its log has the details" };
  return { kind: "problem", problems: [bug], exit: "bug" };
}

const [stateFolder = "", name = "", port] = process.argv.slice(2);
process.on("unhandledRejection", log);
// On a full disk the log cannot be written; that is no reason to end.
process.stderr.on("error", () => undefined);
main(stateFolder, name, port === undefined ? undefined : Number(port)).catch(async (error: unknown) => {
  log(error);
  tell(problemOf(error));
  await runExitHooks();
  process.exit(1);
});

import { fork, type ChildProcess } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, statSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../core/config/types.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Provisioned } from "../provision.ts";
import { askDaemon } from "./ask-daemon.ts";
import { bringDown } from "./bring-down.ts";
import { cloudPlaces, type CloudPlaces } from "./cloud-places.ts";
import type { CloudStatus } from "./describe-cloud.ts";
import type { FirstWord } from "./main.ts";
import { readRunning, type CloudState } from "./state-file.ts";

export interface BringUpOptions {
  readonly stateFolder: string;
  readonly name: string;
  /** `undefined`: any free one. */
  readonly port: number | undefined;
  /** What to make room for; `undefined`: nothing. */
  readonly config: Config | undefined;
  /** Aborted when the cloud is no longer wanted: one that this call started is stopped again. */
  readonly signal?: AbortSignal;
}

export interface BroughtUp {
  readonly status: CloudStatus;
  /** It ran before this call. */
  readonly alreadyRunning: boolean;
  readonly provisioned: readonly Provisioned[];
}

const UP_MS = 60_000;
const PROVISION_MS = 60_000;
const STATUS_MS = 10_000;
const ENDED_MS = 20_000;
const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/**
 * Starts a cloud as a process of its own, unless it runs already, and makes room for the app. Throws PORT_TAKEN,
 * INTERRUPTED, …
 */
export async function bringUp(options: BringUpOptions): Promise<BroughtUp> {
  const places = cloudPlaces(options.stateFolder, options.name);
  const before = readRunning(places.state);
  const state = before ?? (await startDaemon(options, places));
  if (before !== undefined && options.port !== undefined && !before.endpoint.endsWith(`:${options.port}`)) {
    throw new SlipwayError(
      {
        code: "CLOUD_RUNS_ELSEWHERE",
        at: "--port",
        says: `the cloud "${options.name}" runs already, at ${before.endpoint}`,
        hint: "stop it with `slipway cloud down`, or give another --name",
      },
      "usage",
    );
  }
  let provisioned: readonly Provisioned[] = [];
  try {
    if (options.config !== undefined) {
      const asked = askDaemon<Provisioned[]>(state, "provision", options.config, PROVISION_MS);
      provisioned = await unlessAborted(asked, options.signal);
    }
  } catch (error) {
    if (options.signal?.aborted === true && before === undefined) {
      await bringDown(options.stateFolder, options.name, false);
    }
    throw error;
  }
  const status = await askDaemon<CloudStatus>(state, "status", undefined, STATUS_MS);
  return { status, alreadyRunning: before !== undefined, provisioned };
}

async function startDaemon(options: BringUpOptions, places: CloudPlaces): Promise<CloudState> {
  const log = openLog(places.log);
  const port = options.port === undefined ? [] : [String(options.port)];
  const daemon = fork(join(import.meta.dirname, "main.ts"), [options.stateFolder, options.name, ...port], {
    detached: true,
    cwd: "/",
    stdio: ["ignore", log, log, "ipc"],
    // Not what the caller's own process was started with: a test runner's loader, a debugger.
    execArgv: ["--max-semi-space-size=4"],
  });
  closeSync(log);
  try {
    await unlessAborted(firstWord(daemon, places), options.signal);
  } catch (error) {
    await end(daemon);
    throw error;
  } finally {
    if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
  const state = readRunning(places.state);
  if (state === undefined) throw silent(places, "it ended right after it had come up");
  return state;
}

function firstWord(daemon: ChildProcess, places: CloudPlaces): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(
      () => failed(silent(places, `it was not up after ${UP_MS / 1000} seconds`)),
      UP_MS,
    );
    daemon.once("message", (word: FirstWord) => {
      clearTimeout(timer);
      if (word.kind === "up") done();
      else failed(new SlipwayError(word.problems, word.exit));
    });
    daemon.once("error", (error) => failed(error));
    daemon.once("exit", (code, signal) => {
      clearTimeout(timer);
      failed(silent(places, `it ended while it came up (${signal ?? `exit code ${code}`})`));
    });
  });
}

/** Ends a daemon that is of no use. It stops what it has started by itself, or, when it is killed, what it started does. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise<void>((done) => daemon.once("exit", () => done()));
  daemon.kill("SIGTERM");
  const kill = setTimeout(() => daemon.kill("SIGKILL"), ENDED_MS);
  await ended;
  clearTimeout(kill);
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, failed) => {
    stop = () => failed(interrupted());
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  // Whichever of the two comes second is of no interest.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function interrupted(): SlipwayError {
  return new SlipwayError(
    {
      code: "INTERRUPTED",
      at: "local cloud",
      says: "interrupted before it was up",
      hint: "run the same command again",
    },
    "interrupted",
  );
}

function silent(places: CloudPlaces, says: string): SlipwayError {
  return new SlipwayError(
    { code: "CLOUD_NOT_UP", at: `local cloud "${places.name}"`, says, hint: `read its log: ${places.log}` },
    "bug",
  );
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) truncateSync(path);
  const log = openSync(path, "a", 0o600);
  chmodSync(path, 0o600);
  return log;
}

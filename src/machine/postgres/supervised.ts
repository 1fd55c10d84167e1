import { type ChildProcess, spawn } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { Identity } from "./identity.ts";

/** A process that cannot outlive this one. */
export interface Supervised {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly exited: Promise<SupervisedExit>;
  /** Asks for the end: `firstSignal`, after `graceSeconds` SIGQUIT, five seconds later SIGKILL. */
  stop(): Promise<SupervisedExit>;
}

export interface SupervisedExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SupervisedRequest {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly stdio: readonly ["pipe" | "ignore", "pipe" | number, "pipe" | number];
  readonly firstSignal: "INT" | "TERM" | "KILL";
  readonly graceSeconds: number;
}

// File descriptor 3 is the lifeline: its other end is held by this Node process alone, so the read returns when we
// close it and also when we are killed. A shell does the waiting because a second Node would cost 40 MB. The
// commands are constant; what is run arrives as "$@". The last TERM goes to the whole group; everything is waited
// for, so that no zombie is left to an init process that does not reap.
const WATCHER = `
first=$1 grace=$2; shift 2
exec 4<&0 0</dev/null
"$@" 0<&4 3<&- 4<&- &
server=$!
exec 4<&-
(
  exec 1>/dev/null 2>&1
  read -r end <&3
  trap 'kill "$nap"; wait; exit 0' TERM
  kill -s "$first" "$server"
  sleep "$grace" & nap=$!; wait "$nap"
  kill -s QUIT "$server"
  sleep 5 & nap=$!; wait "$nap"
  kill -s KILL "$server"
) &
watcher=$!
wait "$server"
code=$?
trap '' TERM
kill -s TERM 0
wait "$watcher"
exit "$code"
`;

/** Starts `argv` in a session of its own under a watcher that stops it when this process ends, however it ends. */
export function startSupervised(request: SupervisedRequest): Supervised {
  const { uid, gid } = request.identity;
  const child = spawn(
    "/bin/sh",
    ["-c", WATCHER, "slipway-watch", request.firstSignal, String(request.graceSeconds), ...request.argv],
    {
      cwd: "/",
      env: { ...request.env },
      detached: true,
      stdio: [...request.stdio, "pipe"],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    },
  );
  const lifeline = child.stdio[3];
  lifeline?.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  const exited = exitOf(child);

  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    stop: () => {
      if (lifeline instanceof Duplex) lifeline.end();
      return exited;
    },
  };
}

function exitOf(child: ChildProcess): Promise<SupervisedExit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

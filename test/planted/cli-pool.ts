import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Call, Called } from "./cli-worker.ts";

/** Processes that each run one call of the CLI at a time. */
export class CliPool {
  readonly #idle: ChildProcess[] = [];
  readonly #all: ChildProcess[] = [];

  /** Runs a call to its end in a process that has nothing to do, or in a new one. */
  async call(call: Call): Promise<Called> {
    const worker = this.#idle.pop() ?? this.#start();
    const ended = once(worker, "exit").then(([code, signal]) => {
      throw new Error(
        `the CLI's process ended by itself (${String(code ?? signal)}): ${call.argv.join(" ")}`,
      );
    });
    worker.send(call);
    const answered = once(worker, "message").then(([called]) => called as Called);
    const called = await Promise.race([answered, ended]);
    this.#idle.push(worker);
    return called;
  }

  close(): void {
    for (const worker of this.#all) worker.disconnect();
  }

  #start(): ChildProcess {
    const worker = fork(join(import.meta.dirname, "cli-worker.ts"), {
      // Only what a user's shell would give it; each call brings the rest.
      env: { PATH: process.env["PATH"], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      execArgv: [],
    });
    worker.setMaxListeners(0);
    this.#all.push(worker);
    return worker;
  }
}

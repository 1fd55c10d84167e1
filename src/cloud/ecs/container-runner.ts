import type { Socket } from "node:net";

/** One container of a task, complete: nothing is left to look up. */
export interface ContainerOrder {
  readonly task: string;
  readonly name: string;
  readonly image: string;
  readonly entryPoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly workingDirectory: string | undefined;
  readonly user: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The port it listens on, if it says one. */
  readonly port: number | undefined;
  /** Started containers of the same task that it may reach by name. */
  readonly siblings: readonly {
    readonly name: string;
    readonly port: number;
    readonly container: RunningContainer;
  }[];
}

export interface RunningContainer {
  /** Resolves with the exit code, 128 and the signal's number where a signal ended it. */
  readonly exited: Promise<number>;
  connect(port: number): Promise<Socket>;
  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when nothing of it is left. */
  stop(graceMs: number): Promise<void>;
}

/** Fetches images and runs containers. What the tasks of ECS need from this machine. */
export interface ContainerRunner {
  /** Answers the image's digest. Throws with the registry's words when the image cannot be had. */
  pull(image: string): Promise<string>;
  start(order: ContainerOrder): Promise<RunningContainer>;
  /** Deletes what was kept of a task that ended, such as its output. */
  forget(task: string): Promise<void>;
}

import type { ContainerRunner, RunningContainer } from "../ecs/container-runner.ts";
import type { Scheduler } from "../scheduler.ts";
import type { BuildStatus, CodeBuildStore, StoredBuild, StoredPhase } from "./codebuild-store.ts";

export interface BuildOrder {
  /** Run by the image's shell, one after the other; the first that fails ends the build. */
  readonly commands: readonly string[];
  /** Fetches the values of secrets; throws in CodeBuild's words. */
  readonly env: () => Readonly<Record<string, string>>;
}

export interface BuildSurroundings {
  readonly runner: ContainerRunner;
  readonly store: CodeBuildStore;
  readonly scheduler: Scheduler;
}

/** Between SIGTERM and SIGKILL. */
const STOP_MS = 30_000;
const HURRY_MS = 2_000;

/** One build from its order to its end. */
export class LiveBuild {
  readonly build: StoredBuild;
  readonly #order: BuildOrder;
  readonly #cloud: BuildSurroundings;
  #container: RunningContainer | undefined;
  #end: { readonly status: BuildStatus; readonly message: string } | undefined;

  constructor(build: StoredBuild, order: BuildOrder, cloud: BuildSurroundings) {
    this.build = build;
    this.#order = order;
    this.#cloud = cloud;
  }

  /** Asks it to end. */
  async stop(status: BuildStatus, message: string, hurry = false): Promise<void> {
    this.#end ??= { status, message };
    await this.#container?.stop(hurry ? HURRY_MS : STOP_MS);
  }

  /** Lives the whole build. Never rejects. */
  async live(): Promise<void> {
    const { runner, scheduler } = this.#cloud;
    const callOff = scheduler.afterReal(this.build.timeoutMinutes * 60_000, () =>
      this.stop("TIMED_OUT", `Build timed out after ${this.build.timeoutMinutes} minutes`),
    );
    try {
      this.#enter("PROVISIONING");
      await runner.pull(this.build.image);
      const env = this.#order.env();
      this.#enter("BUILD");
      if (this.#end === undefined) {
        this.#container = await runner.start(this.#orderOf(env));
        // Stopped while it was started.
        if (this.#end !== undefined) void this.#container.stop(STOP_MS);
        const exit = await this.#container.exited;
        this.#end ??=
          exit === 0
            ? { status: "SUCCEEDED", message: "" }
            : {
                status: "FAILED",
                message: `COMMAND_EXECUTION_ERROR: Error while executing command. Reason: exit status ${exit}`,
              };
      }
    } catch (fault) {
      this.#end ??= { status: "FAILED", message: fault instanceof Error ? fault.message : String(fault) };
    }
    callOff();
    this.#complete(this.#end ?? { status: "FAULT", message: "" });
  }

  #orderOf(env: Readonly<Record<string, string>>) {
    return {
      task: this.build.id.replace(":", "-"),
      name: "build",
      image: this.build.image,
      entryPoint: ["/bin/sh", "-c"],
      command: [["set -e", ...this.#order.commands].join("\n")],
      workingDirectory: undefined,
      user: undefined,
      env,
      port: undefined,
      siblings: [],
    };
  }

  #enter(type: StoredPhase["type"]): void {
    this.#leave("SUCCEEDED", undefined);
    const startedAt = this.#cloud.scheduler.now();
    this.build.phases.push({
      type,
      startedAt,
      endedAt: undefined,
      status: undefined,
      message: undefined,
    });
    this.#cloud.store.save();
  }

  #leave(status: BuildStatus, message: string | undefined): void {
    const phase = this.build.phases.at(-1);
    if (phase === undefined || phase.endedAt !== undefined) return;
    phase.endedAt = this.#cloud.scheduler.now();
    phase.status = status;
    phase.message = message;
  }

  #complete({ status, message }: { readonly status: BuildStatus; readonly message: string }): void {
    this.#leave(status, message === "" ? undefined : message);
    this.build.status = status;
    this.build.endedAt = this.#cloud.scheduler.now();
    this.#enter("COMPLETED");
  }
}

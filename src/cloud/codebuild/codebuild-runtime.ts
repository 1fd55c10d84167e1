import { LiveBuild, type BuildOrder, type BuildSurroundings } from "./live-build.ts";
import type { StoredBuild } from "./codebuild-store.ts";

/** The builds that run. */
export class CodeBuildRuntime {
  readonly cloud: BuildSurroundings;
  /** Variables that the platform itself puts into a build. */
  readonly platformEnv: (build: string) => Readonly<Record<string, string>>;
  readonly #running = new Map<string, { readonly live: LiveBuild; readonly life: Promise<void> }>();

  constructor(cloud: BuildSurroundings, platformEnv: (build: string) => Readonly<Record<string, string>>) {
    this.cloud = cloud;
    this.platformEnv = platformEnv;
  }

  /** Builds that a cloud which crashed has left behind have stopped. */
  resume(): void {
    const { store, scheduler } = this.cloud;
    for (const build of Object.values(store.state.builds)) {
      if (build.status !== "IN_PROGRESS" || this.#running.has(build.id)) continue;
      build.status = "FAULT";
      build.endedAt = scheduler.now();
    }
    store.save();
  }

  start(build: StoredBuild, order: BuildOrder): void {
    const live = new LiveBuild(build, order, this.cloud);
    const life = live.live().finally(() => this.#running.delete(build.id));
    this.#running.set(build.id, { live, life });
  }

  stop(build: StoredBuild): void {
    void this.#running.get(build.id)?.live.stop("STOPPED", "Build stopped by user");
  }

  /** Stops everything and waits until no process is left. */
  async close(): Promise<void> {
    const running = [...this.#running.values()];
    await Promise.all(running.map(({ live }) => live.stop("STOPPED", "The local cloud was stopped.", true)));
    await Promise.all(running.map(({ life }) => life));
  }
}

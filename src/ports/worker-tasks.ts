/** How a worker fares that was started; `missing`: the platform does not know it, or not yet. */
export type WorkerState =
  | { readonly kind: "starting" | "running" | "missing" }
  /** `because`: the platform's own words. */
  | { readonly kind: "stopped"; readonly because: string };

/** Starts workers where the database can be reached. */
export interface WorkerTasks {
  /** For people: `a task of ECS in diary-staging`. */
  readonly place: string;
  /**
   * Starts one for the run and answers the platform's name of it. At most one: asked again for the same run, also after
   * an answer that was lost, it answers the one that there is. Throws `WORKER_…` or what the platform refuses (exit 11).
   */
  start(run: string): Promise<string>;
  state(worker: string): Promise<WorkerState>;
  /** Asks it to end: it is sent SIGTERM. Does nothing for one that has ended. */
  stop(worker: string, because: string): Promise<void>;
}

import type { CarriedFolder, WorkerCall } from "../../core/worker/calls.ts";
import { openCall, type Opening } from "./opening.ts";
import type { WorkerLost } from "./worker-faults.ts";
import { WorkerLife } from "./worker-life.ts";
import type { CallOptions, WorkerSettings } from "./worker-settings.ts";

/** Reads the app's files for the worker, which has none of them. */
export interface Carrying {
  read(folder: string): Promise<CarriedFolder>;
  /** Hex SHA-256 of the canonical JSON. */
  hashOf(folder: CarriedFolder): string;
}

/** The one worker of this process: started when it is first needed, and again when it was lost. */
export class RemoteWorker {
  readonly #settings: WorkerSettings;
  readonly #carrying: Carrying;
  #life: Promise<WorkerLife> | undefined;
  /** What each worker has been told: folders, and what is open in which. */
  readonly #known = new WeakMap<WorkerLife, Map<string, string>>();
  #handles = 0;

  constructor(settings: WorkerSettings, carrying: Carrying) {
    this.#settings = settings;
    this.#carrying = carrying;
  }

  /** A name for something that is to be opened. */
  newHandle(): string {
    this.#handles += 1;
    return `h${this.#handles}`;
  }

  /** The worker that lives. */
  life(): Promise<WorkerLife> {
    this.#life = this.#next(this.#life);
    return this.#life;
  }

  async #next(former: Promise<WorkerLife> | undefined): Promise<WorkerLife> {
    const now = await former?.catch(() => undefined);
    if (now !== undefined && now.fault === undefined) return now;
    await now?.end("another one is started for it");
    return WorkerLife.begin(this.#settings);
  }

  /** Ends what a lost worker has left on the server; resolves when nothing of it is under way any more. */
  async settle({ run }: WorkerLost): Promise<void> {
    const life = await this.life();
    await life.call({ kind: "settle", run });
  }

  /** Opens in the worker what is not open there yet, with the folder as it is now, and asks it. */
  async ask(
    opening: Opening,
    question: { readonly method: string; readonly argument?: unknown } | undefined,
    options: CallOptions = {},
  ): Promise<unknown> {
    const carried = await this.#filesOf(opening);
    const sha256 = carried === undefined ? "" : this.#carrying.hashOf(carried);
    const life = await this.life();
    const { handle } = opening;
    if (carried !== undefined) await this.#once(life, sha256, "there", { kind: "carry", sha256, carried });
    // Another folder than before is opened in place of it.
    await this.#once(life, handle, sha256, openCall(opening, sha256));
    if (question === undefined) return undefined;
    return life.call({ kind: "ask", handle, ...question }, options);
  }

  async close(handle: string): Promise<void> {
    const life = await this.#life?.catch(() => undefined);
    if (life === undefined || life.fault !== undefined || this.#known.get(life)?.delete(handle) !== true)
      return;
    await life.call({ kind: "close", handle }).catch(() => undefined);
  }

  async end(): Promise<void> {
    const life = await this.#life?.catch(() => undefined);
    await life?.end();
    await this.#settings.box.close();
  }

  async #filesOf(opening: Opening): Promise<CarriedFolder | undefined> {
    if ("folder" in opening) return this.#carrying.read(opening.folder);
    return "files" in opening ? opening.files : undefined;
  }

  async #once(life: WorkerLife, key: string, state: string, call: WorkerCall): Promise<void> {
    const known = this.#known.get(life) ?? new Map<string, string>();
    this.#known.set(life, known);
    if (known.get(key) === state) return;
    await life.call(call);
    known.set(key, state);
  }
}

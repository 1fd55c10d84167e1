import { SlipwayError } from "../core/errors.ts";
import type { WorkerAnswer, WorkerCall } from "../core/worker/calls.ts";
import type { Unpacked, WorkedDatabase } from "../ports/worked-database.ts";
import { askOpened, type Opened, type WorkOptions } from "./ask-opened.ts";
import { problemsOf } from "./step-faults.ts";

/** Does what a deployment asks, by the same ports as a deployment that reaches the database itself. */
export class WorkerDesk {
  readonly #database: WorkedDatabase;
  /** By the SHA-256 of all that was carried together. */
  readonly #unpacked = new Map<string, Unpacked>();
  readonly #open = new Map<string, Opened>();

  constructor(database: WorkedDatabase) {
    this.#database = database;
  }

  /** Never rejects. */
  async do(call: WorkerCall, run: WorkOptions): Promise<WorkerAnswer> {
    try {
      return { kind: "value", value: (await this.#value(call, run)) ?? null };
    } catch (error) {
      const exit = error instanceof SlipwayError ? error.exit : "bug";
      return { kind: "fault", exit, problems: problemsOf(error) };
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ opened }) => opened.close().catch(() => undefined)));
    await this.#database.close();
  }

  async #value(call: WorkerCall, run: WorkOptions): Promise<unknown> {
    switch (call.kind) {
      case "carry":
        this.#unpacked.set(call.sha256, await this.#database.unpack(call.carried, call.sha256));
        return null;
      case "open":
        return this.#opening(call);
      case "close": {
        const found = this.#open.get(call.handle);
        this.#open.delete(call.handle);
        return found?.opened.close();
      }
      case "settle":
        return this.#database.settle(call.run);
      case "ask": {
        const found = this.#open.get(call.handle);
        if (found === undefined) throw new Error(`the worker has opened nothing as ${call.handle}`);
        return askOpened(found, call.method, call.argument, run);
      }
      default:
        return call satisfies never;
    }
  }

  async #opening(call: WorkerCall & { kind: "open" }): Promise<void> {
    const unpacked = this.#unpacked.get(call.sha256);
    if (unpacked === undefined) throw new Error(`no files ${call.sha256} were carried to the worker`);
    await this.#open.get(call.handle)?.opened.close();
    this.#open.set(call.handle, await this.#opened(call, unpacked));
  }

  async #opened(call: WorkerCall & { kind: "open" }, { folder, seeds }: Unpacked): Promise<Opened> {
    const { what } = call;
    switch (what) {
      case "migrations":
        return { what, opened: await this.#database.migrations(folder, call) };
      case "inspection":
        return { what, opened: await this.#database.inspection(folder, call) };
      case "seeds":
        return { what, opened: await this.#database.seeds(seeds) };
      default:
        return what satisfies never;
    }
  }
}

import { SlipwayError } from "../core/errors.ts";
import type { WorkerAnswer, WorkerCall } from "../core/worker/calls.ts";
import type { Unpacked, WorkedDatabase } from "../ports/worked-database.ts";
import { askOpened, type Opened, type WorkOptions } from "./ask-opened.ts";
import { problemsOf } from "./step-faults.ts";

type OpenCall = WorkerCall & { readonly kind: "open" };

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

  async #opening(call: OpenCall): Promise<void> {
    const opening = this.#opener(call);
    await this.#open.get(call.handle)?.opened.close();
    this.#open.set(call.handle, await opening());
  }

  #opener(call: OpenCall): () => Promise<Opened> {
    const database = this.#database;
    const { what } = call;
    switch (what) {
      case "migrations": {
        const { folder } = this.#carried(call);
        return async () => ({ what, opened: await database.migrations(folder, call) });
      }
      case "inspection": {
        const { folder } = this.#carried(call);
        return async () => ({ what, opened: await database.inspection(folder, call) });
      }
      case "seeds": {
        const { seeds } = this.#carried(call);
        return async () => ({ what, opened: await database.seeds(seeds) });
      }
      case "row-security":
        // It connects for each probe.
        return async () => ({ what, opened: { probe: database.rowSecurity, close: async () => undefined } });
      default:
        return what satisfies never;
    }
  }

  #carried({ sha256 }: { readonly sha256: string }): Unpacked {
    const unpacked = this.#unpacked.get(sha256);
    if (unpacked === undefined) throw new Error(`no files ${sha256} were carried to the worker`);
    return unpacked;
  }
}

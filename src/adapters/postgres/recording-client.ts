import type { Client, QueryResult } from "pg";
import type { Migration } from "../../core/migration/types.ts";
import { remember, type HistoryPlace } from "./migration-history.ts";

export interface RanMigration {
  readonly file: string;
  readonly seconds: number;
}

/**
 * The client that node-pg-migrate is given: it sees where each transaction begins and ends. Before each, what the last
 * migration left in the session (settings, roles, temporary tables) is gone; at its end, our own record goes in with it.
 */
export class RecordingClient {
  readonly ran: RanMigration[] = [];
  /** The migration whose statements come next. */
  current: Migration | undefined;
  #began = 0;
  readonly #client: Client;
  readonly #place: HistoryPlace;
  readonly #fence: number;
  readonly #signal: AbortSignal;

  constructor(client: Client, place: HistoryPlace, options: { fence: number; signal: AbortSignal }) {
    this.#client = client;
    this.#place = place;
    this.#fence = options.fence;
    this.#signal = options.signal;
  }

  async query(text: string, values?: unknown[]): Promise<QueryResult> {
    this.#signal.throwIfAborted();
    if (text === "BEGIN;") {
      await this.#client.query("discard all");
      this.#began = performance.now();
    }
    if (text === "COMMIT;") return this.#commit();
    // A migration may have taken another role for its statements; the history is written by the role that migrates.
    if (text.startsWith(`INSERT INTO "${this.#place.schema}"`)) await this.#client.query("reset role");
    return this.#client.query(text, values);
  }

  async #commit(): Promise<QueryResult> {
    const migration = this.current;
    if (migration === undefined) throw new Error("node-pg-migrate committed what it had not begun");
    const milliseconds = performance.now() - this.#began;
    await remember(this.#client, this.#place, { migration, milliseconds, fence: this.#fence });
    const result = await this.#client.query("commit");
    if (result.command !== "COMMIT") throw new Error(`the server answered ${result.command} to a commit`);
    this.ran.push({ file: migration.up.file, seconds: Math.round(milliseconds) / 1000 });
    this.current = undefined;
    return result;
  }
}

import { setTimeout } from "node:timers/promises";
import type { Client, QueryResult } from "pg";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { Migration, MigrationText } from "../../core/migration/types.ts";
import { CLEAN_SESSION } from "./clean-session.ts";
import { codeOf } from "./connect-problem.ts";
import { checkRows } from "./expected-rows.ts";
import { historyFault } from "./history-fault.ts";
import { checkKept, countKept } from "./kept-rows.ts";
import { countedSql, countHistory, forgetSql, rememberSql, type HistoryPlace } from "./migration-history.ts";
import type { RunMonitor } from "./run-monitor.ts";
import { sendBehind } from "./send-behind.ts";

export type Direction = "up" | "down";

export interface Recording {
  readonly place: HistoryPlace;
  readonly direction: Direction;
  /** All that this run takes up or down, in order. */
  readonly chosen: readonly Migration[];
  /** Of downs: a migration whose up was begun and never recorded. */
  readonly unrecorded?: string | undefined;
  readonly fence: number;
  readonly signal: AbortSignal;
  readonly monitor: RunMonitor;
  readonly tell: (event: MigrationEvent) => void;
  /** How often a migration that could not get a lock is tried again, and the first wait, which then doubles. */
  readonly lockRetries: number;
  readonly lockBackoffMs: number;
}

// A lock that was not to be had in time, and a deadlock, which the server ends by undoing one of the two.
const LOCK_FAULTS = new Set(["55P03", "40P01"]);
const LONGEST_WAIT_MS = 30_000;

const NO_RESULT: QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };

/**
 * The client that node-pg-migrate is given: it sees where each transaction begins and ends. Before each, what the last
 * migration left in the session (settings, roles, temporary tables) is gone; at its end, our own record goes in with it.
 */
export class RecordingClient {
  /** The migration whose statements come next. */
  current: Migration | undefined;
  /** Called before a migration outside of transactions is recorded. */
  verify: () => Promise<void> = () => Promise.resolve();
  /** Tries that the current one took. */
  attempts = 1;
  #began = 0;
  #marking = "";
  /** What opens the transaction of the current one and is not sent yet. */
  #opening = "";
  /** Nothing of the last migration is in the session any more. */
  #isClean = false;
  /** How many migrations the history holds. */
  #applied: number | undefined;
  readonly #client: Client;
  readonly #recording: Recording;

  constructor(client: Client, recording: Recording) {
    this.#client = client;
    this.#recording = recording;
  }

  /** Says whose statements come next. */
  begin(migration: Migration): void {
    this.current = migration;
    this.attempts = 1;
    this.#began = performance.now();
  }

  get milliseconds(): number {
    return performance.now() - this.#began;
  }

  async query(text: string, values?: unknown[]): Promise<QueryResult> {
    const { signal, place } = this.#recording;
    signal.throwIfAborted();
    const migration = this.current;
    if (migration === undefined) throw new Error("node-pg-migrate ran what it had not begun");
    this.#applied ??= await countHistory(this.#client, place);
    if (text === "BEGIN;") return this.#open(migration);
    if (text === "COMMIT;") return this.#commit(migration);
    if (
      text.startsWith(`INSERT INTO "${place.schema}"`) ||
      text.startsWith(`DELETE FROM "${place.schema}"`)
    ) {
      return this.#mark(text, migration);
    }
    return this.#statements(text, values, migration[this.#recording.direction]);
  }

  async #open(migration: Migration): Promise<QueryResult> {
    // Not together with what follows: a setting that the last one left may change how a text is read.
    if (!this.#isClean) await this.#client.query(CLEAN_SESSION);
    this.#isClean = false;
    const { statementTimeoutSeconds: seconds } = migration[this.#recording.direction].header;
    this.#opening = `begin;${seconds === undefined ? "" : ` set local statement_timeout = ${seconds * 1000};`}`;
    return NO_RESULT;
  }

  async #sendOpening(): Promise<void> {
    const opening = this.#opening;
    this.#opening = "";
    if (opening !== "") await this.#client.query(opening);
  }

  async #statements(text: string, values: unknown[] | undefined, of: MigrationText): Promise<QueryResult> {
    const { lockRetries, lockBackoffMs, monitor, signal, tell } = this.#recording;
    for (;;) {
      try {
        if (values !== undefined || of.header.keepsRows.length > 0) await this.#sendOpening();
        const kept = await countKept(this.#client, of);
        const opening = this.#opening;
        this.#opening = "";
        const results = await sendBehind(this.#client, opening, text, values);
        checkRows(of, results);
        await checkKept(this.#client, of, kept);
        return results.at(-1) ?? NO_RESULT;
      } catch (error) {
        const again =
          LOCK_FAULTS.has(codeOf(error)) && of.header.inTransaction && this.attempts <= lockRetries;
        if (!again) throw error;
        await this.#client.query("rollback");
        // Half of it by chance, so that two runs do not meet again.
        const wait = Math.min(LONGEST_WAIT_MS, lockBackoffMs * 2 ** (this.attempts - 1));
        const waitMs = wait / 2 + (Math.random() * wait) / 2;
        tell({ kind: "retry", file: of.file, attempt: this.attempts, waitMs, blockers: monitor.blockers });
        await setTimeout(waitMs, undefined, { signal });
        this.attempts += 1;
        if (this.current !== undefined) await this.#open(this.current);
      }
    }
  }

  /** The library's own record goes to the server together with ours and the commit: one journey instead of four. */
  async #mark(text: string, migration: Migration): Promise<QueryResult> {
    this.#marking = text;
    if (migration[this.#recording.direction].header.inTransaction) return NO_RESULT;
    await this.verify();
    await this.#client.query("begin");
    return this.#commit(migration);
  }

  async #commit(migration: Migration): Promise<QueryResult> {
    const { place, direction, chosen, fence, unrecorded } = this.#recording;
    const { milliseconds, attempts } = this;
    await this.#sendOpening();
    const own =
      direction === "down"
        ? forgetSql(place, migration.id)
        : rememberSql(place, { migration, milliseconds, fence, attempts });
    const less = migration.id === unrecorded ? 0 : -1;
    const rows = (this.#applied ?? 0) + (direction === "down" ? less : 1);
    // A migration may have taken another role for its statements; the history is written by the role that migrates.
    const reset = "reset session authorization; reset role";
    // The last one waits for the disk, and takes those before it along (flush-commits.ts has what a failure needs).
    const wait = migration === chosen.at(-1) ? "" : "set local synchronous_commit to off; ";
    const text = `${reset}; ${this.#marking} ${own}; ${countedSql(place, rows)}; ${wait}commit; ${CLEAN_SESSION}`;
    const results = [await this.#client.query(text).catch(historyFault(place, migration[direction]))].flat();
    const committed = results.find(({ command }) => command === "COMMIT");
    if (committed === undefined) throw new Error("the server did not answer a commit with one");
    this.#applied = rows;
    this.#isClean = true;
    return committed;
  }
}

import { setTimeout } from "node:timers/promises";
import type { Client } from "pg";
import type { Blocker } from "../../core/migration/run-event.ts";
import type { Connected } from "./connect.ts";

const AGAIN_MS = 100;
const GONE_MS = 10_000;

/** A second session beside the one that works, for what must be said to the server while that one is busy or lost. */
export class Watcher {
  readonly #guard: Connected;
  readonly #reconnect: () => Promise<Connected>;
  #spare: Connected | undefined;

  /** `guard` is used as long as it lives, then a connection made anew. */
  constructor(guard: Connected, reconnect: () => Promise<Connected>) {
    this.#guard = guard;
    this.#reconnect = reconnect;
  }

  async client(): Promise<Client> {
    if (!this.#guard.broken.aborted) return this.#guard.client;
    if (this.#spare?.broken.aborted !== false) this.#spare = await this.#reconnect();
    return this.#spare.client;
  }

  /** Cancels what the worker runs, from the abort on until `end`: a cancel between two statements does nothing. */
  cancelOnAbort(worker: Client, signal: AbortSignal): { end(): Promise<void> } {
    const ended = new AbortController();
    const cancelling = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        await this.#tell("select pg_cancel_backend($1)", worker).catch(() => undefined);
        await setTimeout(AGAIN_MS, undefined, { signal: ended.signal }).catch(() => undefined);
      }
    };
    let running: Promise<void> | undefined;
    const begin = (): void => void (running ??= cancelling());
    if (signal.aborted) begin();
    signal.addEventListener("abort", begin, { once: true });
    return {
      end: async () => {
        signal.removeEventListener("abort", begin);
        ended.abort();
        await running;
      },
    };
  }

  /** After this the worker has no transaction open: rolled back, or its backend is gone. */
  async settle(worker: Connected): Promise<void> {
    if (!worker.broken.aborted) {
      const rolledBack = await worker.client.query("rollback").then(
        () => true,
        () => false,
      );
      if (rolledBack) return;
    }
    const deadline = performance.now() + GONE_MS;
    while (performance.now() < deadline) {
      const gone = await this.#tell(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1",
        worker.client,
      ).then(
        (rows) => rows === 0,
        () => false,
      );
      if (gone) return;
      await setTimeout(AGAIN_MS);
    }
  }

  /** Whom the worker waits for right now. */
  async blockersOf(worker: Client): Promise<readonly Blocker[]> {
    const { rows } = await (
      await this.client()
    ).query<Blocker>(
      `select b.pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '?') as role,
              coalesce(a.state, 'unknown') as state,
              to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
       from (select distinct unnest(pg_blocking_pids($1)) as pid) b left join pg_stat_activity a on a.pid = b.pid
       order by b.pid`,
      [processOf(worker)],
    );
    return rows;
  }

  /** What the worker does: how far an index build is, or what it waits for. */
  async doingOf(worker: Client): Promise<string> {
    const { rows } = await (
      await this.client()
    ).query<{ doing: string }>(
      `select coalesce(
         (select format('%s, %s of %s blocks', p.phase, p.blocks_done, p.blocks_total)
          from pg_stat_progress_create_index p where p.pid = a.pid),
         case when a.wait_event is null then 'the server works on it'
              else format('it waits for %s', lower(a.wait_event_type || ' ' || a.wait_event)) end) as doing
       from pg_stat_activity a where a.pid = $1`,
      [processOf(worker)],
    );
    return rows[0]?.doing ?? "its session is gone";
  }

  async close(): Promise<void> {
    await this.#spare?.client.end();
  }

  async #tell(query: string, worker: Client): Promise<number> {
    const { rows } = await (await this.client()).query(query, [processOf(worker)]);
    return rows.length;
  }
}

/** The driver knows its backend's process id and does not declare it. */
function processOf(client: Client): number {
  return (client as unknown as { readonly processID: number }).processID;
}

import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { codeOf } from "./connect-problem.ts";
import { connect, type Connected } from "./connect.ts";

const PAUSE_MS = 250;

export interface LedgerPatience {
  /** Most that one statement may take, its wait for locks included. */
  readonly statementMs: number;
  /** For so long a connection that was lost is tried again. */
  readonly comeBackMs: number;
}

/** A server that restarts is back by then. */
const PATIENCE: LedgerPatience = { statementMs: 10_000, comeBackMs: 15_000 };
/** Time for the answer to travel, after which the network counts as gone. */
const TRAVEL_MS = 2000;

/**
 * One session with the ledger, made when it is first used and made again when it is lost. Work is done one after the
 * other and, after a loss, done again: it must be the same twice as once.
 */
export class LedgerConnection {
  readonly #url: Secret;
  readonly #name: string;
  #connected: Connected | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  readonly #patience: LedgerPatience;

  constructor(url: Secret, name: string, patience = PATIENCE) {
    this.#url = url;
    this.#name = name;
    this.#patience = patience;
  }

  /** Throws `LEDGER_…` (exit 11) when the database does not answer, and what the work throws otherwise. */
  run<T>(
    work: (client: Client) => Promise<T>,
    deadlineMs = this.#patience.statementMs + TRAVEL_MS,
  ): Promise<T> {
    const result = this.#queue.then(() => this.#attempts(work, deadlineMs));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#connected?.client.end();
    this.#connected = undefined;
  }

  async #attempts<T>(work: (client: Client) => Promise<T>, deadlineMs: number): Promise<T> {
    let deadline: number | undefined;
    for (;;) {
      const before = this.#connected;
      try {
        return await this.#attempt(work, deadlineMs);
      } catch (error) {
        const lost = this.#isLost(error);
        // A server that never answered is not waited for: somebody has to mend the address.
        if (lost && before !== undefined) deadline ??= performance.now() + this.#patience.comeBackMs;
        if (!lost || deadline === undefined || performance.now() > deadline)
          throw this.#translate(error, lost);
        await this.#drop();
        await pause(PAUSE_MS);
      }
    }
  }

  async #attempt<T>(work: (client: Client) => Promise<T>, deadlineMs: number): Promise<T> {
    if (this.#connected?.broken.aborted === true) await this.#drop();
    this.#connected ??= await connect(this.#url, {
      use: "LEDGER",
      applicationName: this.#name,
      statementTimeoutMs: this.#patience.statementMs,
      lockTimeoutMs: this.#patience.statementMs,
      settings: { idle_session_timeout: "0" },
    });

    const { client } = this.#connected;
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Silent(`no answer within ${deadlineMs / 1000} s`)), deadlineMs);
    });
    try {
      return await Promise.race([work(client), silent]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #drop(): Promise<void> {
    const old = this.#connected;
    this.#connected = undefined;
    // With a query under way this cuts the connection instead of waiting for its end.
    await old?.client.end().catch(() => undefined);
  }

  #isLost(error: unknown): boolean {
    if (error instanceof Silent) return true;
    if (error instanceof SlipwayError)
      return error.problems.some(({ code }) => code === "LEDGER_UNREACHABLE");
    const code = codeOf(error);
    return this.#connected?.broken.aborted === true || code.startsWith("08") || /^57P0[123]$/.test(code);
  }

  #translate(error: unknown, lost: boolean): unknown {
    if (error instanceof SlipwayError) return error;
    const at = this.#connected?.address.text ?? "ledger";
    const problem = lost ? unreachable(at, error) : known(codeOf(error), at);
    if (problem === undefined) return error;
    return new SlipwayError(problem, "verifyFailed", { cause: error });
  }
}

class Silent extends Error {}

function unreachable(at: string, error: unknown): Problem {
  return {
    code: "LEDGER_UNREACHABLE",
    at,
    says: `the connection was lost: ${error instanceof Error ? error.message : String(error)}`,
    hint: "check the server and run the same command again; without its ledger Slipway changes nothing",
  };
}

function known(code: string, at: string): Problem | undefined {
  switch (code) {
    case "57014":
    case "55P03":
      return {
        code: "LEDGER_UNREACHABLE",
        at,
        says: `did not answer in time (${code})`,
        hint: "pg_stat_activity shows who holds slipway_ledger's rows",
      };
    case "3F000":
    case "42P01":
      return {
        code: "LEDGER_MISSING",
        at,
        says: "there is no ledger in this database, or not all of it",
        hint: "give the URL of the ledger in SLIPWAY_LEDGER_URL; the first deployment sets one up",
      };
    case "42501":
      return {
        code: "LEDGER_NOT_ALLOWED",
        at,
        says: "the role may not use the ledger",
        hint: "grant slipway_writer (to write) or slipway_reader (to read) to the role",
      };
    default:
      return undefined;
  }
}

import type { Client, QueryConfig, QueryResult } from "pg";
import { codeOf } from "./connect-problem.ts";

export interface QuestionLimits {
  /** Most that one question may take. */
  readonly questionMs: number;
  /** Most that all of them may take together. */
  readonly totalMs: number;
  /** How long a table that somebody else has locked is waited for. */
  readonly lockMs?: number;
}

export type DataAnswer<R> =
  | { readonly kind: "answered"; readonly answer: R }
  | {
      readonly kind: "unasked";
      readonly because: string;
      /** At another time it may have an answer: it took too long, or waited for a lock. */
      readonly isHindered: boolean;
    };

// As with migrations; what is kept locked for longer is told as what could not be looked at.
const LOCK_MS = 5_000;

/** Questions about rows, each in a transaction that cannot write, with a deadline for each and for all. */
export class DataQuestions {
  readonly #client: Client;
  readonly #limits: QuestionLimits;
  readonly #began = performance.now();

  constructor(client: Client, limits: QuestionLimits) {
    this.#client = client;
    this.#limits = limits;
  }

  /** Asks what Slipway itself has written, in one journey. */
  ask(query: string): Promise<DataAnswer<readonly Record<string, string | null>[]>> {
    return this.#within(async (begin) => {
      const results = await this.#client.query({ text: `${begin}; ${query}; commit`, types: AS_TEXT });
      const [, , , answer] = results as unknown as readonly QueryResult<Record<string, string | null>>[];
      return answer?.rows ?? [];
    });
  }

  /** How many rows a query of the app answers. None of them leaves the server. */
  count(query: string): Promise<DataAnswer<number>> {
    return this.#within(async (begin) => {
      await this.#declare(begin, query);
      const { rowCount } = await this.#client.query("move forward all in asked");
      await this.#client.query("rollback");
      return rowCount ?? 0;
    });
  }

  /** The first rows that a query of the app answers, as text. */
  first(rows: number, query: string): Promise<DataAnswer<readonly Record<string, string | null>[]>> {
    return this.#within(async (begin) => {
      await this.#declare(begin, query);
      const text = `fetch ${rows} from asked`;
      const result = await this.#client.query<Record<string, string | null>>({ text, types: AS_TEXT });
      await this.#client.query("rollback");
      return result.rows;
    });
  }

  /** A cursor takes a single query that reads; as one statement of the extended protocol it cannot end the transaction. */
  async #declare(begin: string, query: string): Promise<void> {
    await this.#client.query(`${begin}; set local cursor_tuple_fraction = 1`);
    const text = `declare asked no scroll cursor for ${query.replace(/^\uFEFF/, "")}`;
    await this.#client.query({ text, queryMode: "extended" } as QueryConfig);
  }

  async #within<R>(question: (begin: string) => Promise<R>): Promise<DataAnswer<R>> {
    const { questionMs, totalMs, lockMs = LOCK_MS } = this.#limits;
    const together = `all checks together took ${totalMs / 1000} s`;
    const left = Math.floor(totalMs - (performance.now() - this.#began));
    if (left < 1) return { kind: "unasked", because: together, isHindered: true };
    const limit = Math.min(left, questionMs);
    const begin = `begin read only; set local statement_timeout = ${limit}; set local lock_timeout = ${lockMs}`;
    try {
      return { kind: "answered", answer: await question(begin) };
    } catch (error) {
      const code = codeOf(error);
      // Without a SQLSTATE, or with one of a connection's end, it is not the question's fault.
      if (!/^[0-9A-Z]{5}$/.test(code) || code.startsWith("08") || code.startsWith("57P")) throw error;
      await this.#client.query("rollback");
      const tooLong = left < questionMs ? together : `it took longer than ${questionMs / 1000} s`;
      const locked = `its table was locked for ${lockMs / 1000} s`;
      const known: Readonly<Record<string, string>> = { "57014": tooLong, "55P03": locked };
      const because = known[code] ?? refusal(code, error);
      return { kind: "unasked", because, isHindered: code in known };
    }
  }
}

/** Values stay as the server writes them. */
const AS_TEXT = { getTypeParser: () => (value: unknown) => value };

/** What the server says of names and syntax. Its other sentences may quote a row. */
function refusal(code: string, error: unknown): string {
  const isOfNames = code.startsWith("42") || code.startsWith("25") || code.startsWith("0A");
  return isOfNames && error instanceof Error ? error.message : `the server ended it with SQLSTATE ${code}`;
}

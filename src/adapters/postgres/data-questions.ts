import type { Client, QueryConfig, QueryResult } from "pg";
import { codeOf } from "./connect-problem.ts";

export interface QuestionLimits {
  /** Most that one question may take. */
  readonly questionMs: number;
  /** Most that all of them may take together. */
  readonly totalMs: number;
}

export type DataAnswer<R> =
  | { readonly kind: "answered"; readonly answer: R }
  /** It could not be asked, or took too long. */
  | { readonly kind: "unasked"; readonly because: string };

// A rewrite of the table under way is not waited for long: it is told as what could not be looked at.
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
    const left = Math.floor(this.#limits.totalMs - (performance.now() - this.#began));
    if (left < 1)
      return { kind: "unasked", because: `all checks together took ${this.#limits.totalMs / 1000} s` };
    const limit = Math.min(left, this.#limits.questionMs);
    const begin = `begin read only; set local statement_timeout = ${limit}; set local lock_timeout = ${LOCK_MS}`;
    try {
      return { kind: "answered", answer: await question(begin) };
    } catch (error) {
      const code = codeOf(error);
      // Without a SQLSTATE, or with one of a connection's end, it is not the question's fault.
      if (!/^[0-9A-Z]{5}$/.test(code) || code.startsWith("08") || code.startsWith("57P")) throw error;
      await this.#client.query("rollback");
      return { kind: "unasked", because: reasonOf(code, error, limit) };
    }
  }
}

/** Values stay as the server writes them. */
const AS_TEXT = { getTypeParser: () => (value: unknown) => value };

function reasonOf(code: string, error: unknown, limitMs: number): string {
  if (code === "57014") return `it took longer than ${limitMs / 1000} s`;
  if (code === "55P03") return `its table was locked for ${LOCK_MS / 1000} s`;
  // Names and syntax. What other sentences of the server quote may come out of a row.
  const isAboutNames = code.startsWith("42") || code.startsWith("25") || code.startsWith("0A");
  return isAboutNames && error instanceof Error ? error.message : `the server ended it with SQLSTATE ${code}`;
}

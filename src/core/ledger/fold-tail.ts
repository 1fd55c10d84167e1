import { GrowingTree, type Frontier } from "./merkle.ts";
import type { LedgerHead, LedgerRow, LedgerTools } from "./types.ts";

const NO_HASH = "0".repeat(64);

/** Where a fold begins: nothing, or what a checkpoint covers. */
export interface FoldStart extends Frontier {
  /** Hash of the last record, hex. */
  readonly head: string;
}

export const FOLD_FROM_NOTHING: FoldStart = { size: 0, roots: [], head: NO_HASH };

/** What the ledger is after each number of records that was asked for. */
export interface FoldedAt {
  readonly size: number;
  readonly root: string;
  readonly head: string;
}

/**
 * Adds the records after a checkpoint to its tree and checks that they continue its chain, up to the ledger's head.
 * Anything that does not fit is told in `contradiction`, and then nothing may be signed.
 */
export class TailFold {
  readonly #tools: LedgerTools;
  readonly #tree: GrowingTree;
  readonly #asked: ReadonlySet<number>;
  readonly #reached: FoldedAt[] = [];
  #head: string;
  #contradiction: string | undefined;

  constructor(tools: LedgerTools, start: FoldStart, asked: Iterable<number> = []) {
    this.#tools = tools;
    this.#tree = new GrowingTree(tools, start);
    this.#head = start.head;
    this.#asked = new Set(asked);
  }

  /** The next row, in the order of seq. */
  take(row: Pick<LedgerRow, "seq" | "record" | "prevHash" | "entryHash">): void {
    if (this.#contradiction !== undefined) return;
    const seq = this.#tree.size + 1;
    if (row.seq !== seq) this.#contradiction = `record ${seq} is missing`;
    else if (row.prevHash !== this.#head)
      this.#contradiction = `record ${seq} does not follow the one before it`;
    else if (this.#tools.entryHash(row.prevHash, row.record) !== row.entryHash)
      this.#contradiction = `the hash of record ${seq} is not that of its text`;
    if (this.#contradiction !== undefined) return;
    this.#tree.add(row.record);
    this.#head = row.entryHash;
    if (this.#asked.has(seq)) this.#reached.push({ size: seq, root: this.#tree.root(), head: this.#head });
  }

  /** After the last row. */
  finish(head: LedgerHead): {
    readonly contradiction: string | undefined;
    readonly end: FoldedAt;
    readonly frontier: Frontier;
    readonly reached: readonly FoldedAt[];
  } {
    const { size } = this.#tree;
    if (this.#contradiction === undefined && (size !== head.seq || this.#head !== head.entryHash)) {
      this.#contradiction = `the ledger's head says ${head.seq} records, and the last one is not the one it names`;
    }
    return {
      contradiction: this.#contradiction,
      end: { size, root: this.#tree.root(), head: this.#head },
      frontier: this.#tree.frontier(),
      reached: this.#reached,
    };
  }
}

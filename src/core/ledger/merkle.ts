// The hash tree over the records (RFC 6962 §2.1, RFC 9162 §2.1). Hashes are lower-case hex.

/** The two hashes of the tree; both are pure. */
export interface TreeTools {
  /** SHA-256 of a zero byte and the record in UTF-8. */
  readonly leafHash: (record: string) => string;
  /** SHA-256 of a one byte and the bytes of both hashes. */
  readonly nodeHash: (left: string, right: string) => string;
}

/** A tree that grows: its size, and the roots of its full subtrees, the largest first. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly string[];
}

/** SHA-256 of nothing: the root of the empty tree. */
export const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Grows a tree leaf by leaf and keeps no more of it than one hash for each bit of its size. */
export class GrowingTree {
  readonly #tools: TreeTools;
  readonly #roots: string[];
  #size: number;

  constructor(tools: TreeTools, from: Frontier = { size: 0, roots: [] }) {
    if (from.roots.length !== bitsOf(from.size)) {
      throw new RangeError(`a tree of ${from.size} has ${bitsOf(from.size)} roots, not ${from.roots.length}`);
    }
    this.#tools = tools;
    this.#roots = [...from.roots];
    this.#size = from.size;
  }

  get size(): number {
    return this.#size;
  }

  add(record: string): void {
    let root = this.#tools.leafHash(record);
    // Divided and not shifted: a size may outgrow 32 bits.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      root = this.#tools.nodeHash(this.#roots.pop() ?? "", root);
    }
    this.#roots.push(root);
    this.#size += 1;
  }

  root(): string {
    if (this.#size === 0) return EMPTY_ROOT;
    return this.#roots.reduceRight((right, left) => this.#tools.nodeHash(left, right));
  }

  frontier(): Frontier {
    return { size: this.#size, roots: [...this.#roots] };
  }
}

function bitsOf(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** The largest power of two below `size`, which is at least 2 (RFC 9162 §2.1.1: k < n <= 2k). */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The root of some leaves (RFC 9162 §2.1.1). */
export function rootOf(leaves: readonly string[], tools: TreeTools): string {
  const [first] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  const split = splitOf(leaves.length);
  return tools.nodeHash(rootOf(leaves.slice(0, split), tools), rootOf(leaves.slice(split), tools));
}

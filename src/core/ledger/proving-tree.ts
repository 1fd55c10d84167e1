import { EMPTY_ROOT, type TreeTools } from "./merkle.ts";

/** A subtree, and the paths of the leaves in it that are to be proven. */
interface Subtree {
  readonly root: string;
  readonly leaves: number;
  readonly paths: readonly string[][];
}

/** Grows a tree and the inclusion proofs of chosen leaves with it, so that the other leaves need not be kept. */
export class ProvingTree {
  readonly #tools: TreeTools;
  readonly #subtrees: Subtree[] = [];

  constructor(tools: TreeTools) {
    this.#tools = tools;
  }

  /** The path grows while leaves are added and is complete after `finish`. */
  prove(record: string): readonly string[] {
    const path: string[] = [];
    this.#push(record, [path]);
    return path;
  }

  add(record: string): void {
    this.#push(record, []);
  }

  /** After the last leaf: the root of the tree. */
  finish(): string {
    const [last, ...others] = this.#subtrees.toReversed();
    if (last === undefined) return EMPTY_ROOT;
    return others.reduce((right, left) => this.#join(left, right), last).root;
  }

  #push(record: string, paths: string[][]): void {
    let subtree: Subtree = { root: this.#tools.leafHash(record), leaves: 1, paths };
    for (;;) {
      const left = this.#subtrees.at(-1);
      if (left?.leaves !== subtree.leaves) break;
      this.#subtrees.pop();
      subtree = this.#join(left, subtree);
    }
    this.#subtrees.push(subtree);
  }

  #join(left: Subtree, right: Subtree): Subtree {
    for (const path of left.paths) path.push(right.root);
    for (const path of right.paths) path.push(left.root);
    const paths = right.paths.length === 0 ? left.paths : [...left.paths, ...right.paths];
    return { root: this.#tools.nodeHash(left.root, right.root), leaves: left.leaves + right.leaves, paths };
  }
}

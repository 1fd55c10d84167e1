import { rootOf, splitOf, type TreeTools } from "./merkle.ts";

/**
 * The root that an inclusion proof leads to; `undefined` when the proof has the wrong shape. A proof holds when that is
 * the root of the checkpoint (RFC 9162 §2.1.3.2).
 *
 * @param index of the leaf, from 0
 * @param size of the tree
 * @param path hashes from the leaf's neighbour upwards
 */
export function rootOfInclusion(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
  tools: TreeTools,
): string | undefined {
  if (index < 0 || index >= size) return undefined;
  let fn = index;
  let sn = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      root = tools.nodeHash(hash, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      root = tools.nodeHash(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? root : undefined;
}

/** Proves that a tree of `first` leaves is the beginning of the tree of all `leaves` (RFC 9162 §2.1.4.1). */
export function consistencyProof(first: number, leaves: readonly string[], tools: TreeTools): string[] {
  if (first < 1 || first > leaves.length) {
    throw new RangeError(`no proof from ${first} to ${leaves.length} leaves`);
  }
  return first === leaves.length ? [] : subProof(first, leaves, true, tools);
}

function subProof(first: number, leaves: readonly string[], isWhole: boolean, tools: TreeTools): string[] {
  if (first === leaves.length) return isWhole ? [] : [rootOf(leaves, tools)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return first <= split
    ? [...subProof(first, left, isWhole, tools), rootOf(right, tools)]
    : [...subProof(first - split, right, false, tools), rootOf(left, tools)];
}

/** Whether the proof shows the older tree to be the beginning of the newer one (RFC 9162 §2.1.4.2). */
export function isConsistent(
  older: { readonly size: number; readonly root: string },
  newer: { readonly size: number; readonly root: string },
  proof: readonly string[],
  tools: TreeTools,
): boolean {
  if (older.size < 1 || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root === newer.root;

  const isPowerOfTwo = splitOf(older.size + 1) === older.size;
  const [start, ...path] = isPowerOfTwo ? [older.root, ...proof] : proof;
  if (start === undefined) return false;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [olderRoot, newerRoot] = [start, start];
  for (const hash of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      olderRoot = tools.nodeHash(hash, olderRoot);
      newerRoot = tools.nodeHash(hash, newerRoot);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      newerRoot = tools.nodeHash(newerRoot, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && olderRoot === older.root && newerRoot === newer.root;
}

const half = (number: number): number => Math.floor(number / 2);

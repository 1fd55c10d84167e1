import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import { EMPTY_ROOT, GrowingTree, rootOf } from "../../../src/core/ledger/merkle.ts";
import { ProvingTree } from "../../../src/core/ledger/proving-tree.ts";
import { consistencyProof, isConsistent, rootOfInclusion } from "../../../src/core/ledger/tree-proof.ts";

// The leaves and roots that implementations of certificate transparency test themselves with.
const LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex").toString("utf8"));
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const records = (length: number) => Array.from({ length }, (_none, index) => `record ${index}`);
const hashes = (texts: readonly string[]) => texts.map((text) => ledgerTools.leafHash(text));

/** The definition of RFC 9162 §2.1.1, over bytes and written down once more. */
function definition(texts: readonly string[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  if (texts.length === 0) return sha();
  if (texts.length === 1) return sha(Buffer.from([0]), Buffer.from(texts[0] ?? ""));
  const k = 2 ** (Math.ceil(Math.log2(texts.length)) - 1);
  return sha(Buffer.from([1]), definition(texts.slice(0, k)), definition(texts.slice(k)));
}

describe("a growing tree", () => {
  test("has the roots that are known of the usual eight leaves", () => {
    const tree = new GrowingTree(ledgerTools);
    expect(tree.root()).toBe(EMPTY_ROOT);
    const roots = LEAVES.map((leaf) => {
      tree.add(leaf);
      return tree.root();
    });
    expect(roots).toEqual(ROOTS);
  });

  test("has the root of the definition at every size up to 130, and goes on from its frontier", () => {
    let tree = new GrowingTree(ledgerTools);
    for (const [index, text] of records(130).entries()) {
      tree.add(text);
      const expected = definition(records(index + 1)).toString("hex");
      expect([tree.root(), rootOf(hashes(records(index + 1)), ledgerTools)]).toEqual([expected, expected]);
      tree = new GrowingTree(ledgerTools, tree.frontier());
    }
  });

  test("refuses a frontier that does not fit to its size", () => {
    expect(() => new GrowingTree(ledgerTools, { size: 3, roots: ["00"] })).toThrow(
      "a tree of 3 has 2 roots, not 1",
    );
  });
});

describe("an inclusion proof", () => {
  const proven = (size: number) => {
    const tree = new ProvingTree(ledgerTools);
    const paths = records(size).map((text) => tree.prove(text));
    return { paths, root: tree.finish() };
  };

  test("of every leaf leads to the root, at every size up to 70", () => {
    for (let size = 1; size <= 70; size++) {
      const { paths, root } = proven(size);
      expect(root).toBe(rootOf(hashes(records(size)), ledgerTools));
      for (const [index, path] of paths.entries()) {
        const leaf = ledgerTools.leafHash(`record ${index}`);
        expect(rootOfInclusion(leaf, index, size, path, ledgerTools)).toBe(root);
      }
    }
  });

  test("fails for another leaf, place, size or path", () => {
    const size = fc.integer({ min: 2, max: 60 });
    const wrong = fc.constantFrom("leaf", "index", "flip", "short", "long", "outside");
    fc.assert(
      fc.property(size, fc.nat(), wrong, (n, at, what) => {
        const index = at % n;
        const { paths, root } = proven(n);
        const path = [...(paths[index] ?? [])];
        let [leaf, place] = [ledgerTools.leafHash(`record ${index}`), index];
        if (what === "leaf") leaf = ledgerTools.leafHash("another");
        if (what === "index") place = (index + 1) % n;
        if (what === "outside") place = n;
        if (what === "flip") path[at % path.length] = "ab".repeat(32);
        if (what === "short") path.pop();
        if (what === "long") path.push("ab".repeat(32));
        expect(rootOfInclusion(leaf, place, n, path, ledgerTools)).not.toBe(root);
      }),
    );
  });
});

describe("a consistency proof", () => {
  const at = (size: number, texts = records(40)) => ({
    size,
    root: rootOf(hashes(texts.slice(0, size)), ledgerTools),
  });

  test("holds between all sizes up to 40", () => {
    for (let newer = 1; newer <= 40; newer++) {
      for (let older = 1; older <= newer; older++) {
        const proof = consistencyProof(older, hashes(records(newer)), ledgerTools);
        expect(isConsistent(at(older), at(newer), proof, ledgerTools)).toBe(true);
      }
    }
  });

  test("fails when one of the older records was changed, and for a proof that was touched", () => {
    for (let newer = 2; newer <= 24; newer++) {
      for (let older = 1; older < newer; older++) {
        const forged = records(newer).with(older - 1, "forged");
        const proof = consistencyProof(older, hashes(forged), ledgerTools);
        expect(isConsistent(at(older), at(newer, forged), proof, ledgerTools)).toBe(false);
        const honest = consistencyProof(older, hashes(records(newer)), ledgerTools);
        expect(isConsistent(at(older), at(newer), honest.slice(1), ledgerTools)).toBe(false);
        expect(isConsistent(at(older), at(newer), [...honest, "ab".repeat(32)], ledgerTools)).toBe(false);
      }
    }
  });

  test("is refused where there can be none", () => {
    expect(() => consistencyProof(0, hashes(records(3)), ledgerTools)).toThrow("no proof from 0 to 3 leaves");
    expect(() => consistencyProof(4, hashes(records(3)), ledgerTools)).toThrow("no proof from 4 to 3 leaves");
    expect(isConsistent(at(5), at(3), [], ledgerTools)).toBe(false);
  });
});

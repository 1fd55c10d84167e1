import { IN_LEDGER, type Claim } from "./claims.ts";
import { GrowingTree } from "./merkle.ts";
import type { LedgerFault, LedgerFaultKind, LedgerHead, LedgerRow, LedgerTools } from "./types.ts";

/** Where the records reach, and what is wrong with them by themselves. */
export interface Chain {
  readonly end: number;
  readonly log: string | undefined;
  readonly head: LedgerHead | undefined;
  readonly faults: readonly LedgerFault[];
}

/** How far the records are as they were signed for. */
export interface Covered {
  /** Number of records that a checkpoint covers, wherever it is kept. */
  readonly signed: number;
  /** Number of records that a checkpoint outside of the ledger covers. */
  readonly outside: number;
}

export interface ClaimsCompared {
  /** Of records. */
  readonly faults: readonly LedgerFault[];
  /** Of checkpoints that belong to another ledger. */
  readonly strangers: readonly LedgerFault[];
  readonly covered: Covered;
}

/** Faults of the chain that do not say which record was changed. */
const VAGUE: ReadonlySet<LedgerFaultKind> = new Set(["head-differs", "head-missing", "truncated"]);

/** Compares the records with checkpoints, row by row. */
export class ClaimCheck {
  readonly #claims: readonly Claim[];
  readonly #sizes: ReadonlySet<number>;
  readonly #largest: number;
  readonly #tree: GrowingTree;
  readonly #reached = new Map<number, { readonly head: string; readonly root: string }>();

  /** @param claims in the order of their size */
  constructor(claims: readonly Claim[], tools: LedgerTools) {
    this.#claims = claims;
    this.#sizes = new Set(claims.map(({ size }) => size));
    this.#largest = claims.at(-1)?.size ?? 0;
    this.#tree = new GrowingTree(tools);
  }

  /** The next row, in the order of seq. */
  take({ seq, record, entryHash }: LedgerRow): void {
    if (seq > this.#largest) return;
    this.#tree.add(record);
    if (this.#sizes.has(seq)) this.#reached.set(seq, { head: entryHash, root: this.#tree.root() });
  }

  /** After the last row. */
  finish(chain: Chain): ClaimsCompared {
    const faults: LedgerFault[] = [];
    const strangers: LedgerFault[] = [];
    let covered: Covered = { signed: 0, outside: 0 };
    let hasForked = false;
    for (const claim of this.#claims) {
      if (chain.log !== undefined && claim.log !== chain.log) {
        const says = `the checkpoint of ${claim.size} records is of the ledger ${claim.log}, these are of ${chain.log}`;
        strangers.push({ seq: claim.size, kind: "checkpoint-differs", says });
        continue;
      }
      const found = this.#reached.get(claim.size);
      if (found === undefined) continue;
      // Where the chain is broken, its stored hashes say more than a tree that the break has shifted.
      const isBroken = isFaulty(chain, 0, claim.size);
      if (found.head === claim.head && (isBroken || found.root === claim.root)) {
        const isOutside = claim.places.some((place) => place !== IN_LEDGER);
        covered = { signed: claim.size, outside: isOutside ? claim.size : covered.outside };
      } else if (!hasForked && !isFaulty(chain, covered.signed, claim.size)) {
        hasForked = true;
        faults.push(forked(covered.signed + 1, claim));
      }
    }
    const missing = this.#missing(chain, hasForked, covered.signed);
    return { faults: missing === undefined ? faults : [...faults, missing], strangers, covered };
  }

  #missing({ end, head, faults }: Chain, hasForked: boolean, signed: number): LedgerFault | undefined {
    const beyond = this.#claims.filter(({ size }) => size > end);
    const newest = beyond.at(-1);
    // What the head row itself misses is told already.
    if (newest === undefined || (head !== undefined && head.seq > end)) return undefined;
    const isSound = faults.length === 0 && !hasForked;
    const isRemembered = beyond.some(({ places }) => places.includes(IN_LEDGER));
    const doubt = signed < end ? { since: signed + 1 } : {};
    const also = signed < end ? `; nothing confirms what stands after record ${signed}` : "";
    const where = newest.places.join(" and ");
    const gone = `${newest.size} records were signed for in ${where}, and it has ${end}${also}`;
    const common = { seq: end + 1, through: newest.size, ...doubt };
    return isSound && !isRemembered
      ? { ...common, kind: "rolled-back", says: `the ledger was set back: ${gone}` }
      : { ...common, kind: "truncated-vs-anchor", says: `the ledger was cut: ${gone}` };
  }
}

function isFaulty({ faults }: Chain, after: number, through: number): boolean {
  return faults.some(({ seq, kind }) => seq > after && seq <= through && !VAGUE.has(kind));
}

function forked(seq: number, { size, places }: Claim): LedgerFault {
  const which = seq === size ? `record ${seq} is not what was` : `records ${seq} to ${size} are not what was`;
  const says = `${which} signed for in ${places.join(" and ")}: history was written anew`;
  return { seq, through: size, kind: "forked", says };
}

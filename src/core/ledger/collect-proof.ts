import type { Claim } from "./claims.ts";
import type { TreeTools } from "./merkle.ts";
import { ProvingTree } from "./proving-tree.ts";
import { consumedApprovals, readStory } from "./read-story.ts";
import type { ProvenRecord, RecordProof } from "./record-proof.ts";
import type { LedgerRow } from "./types.ts";

/** Collects the proof of some deployments from the ledger's rows. */
export class ProofCollector {
  readonly #deployments: ReadonlySet<string>;
  readonly #claim: Claim;
  readonly #tree: ProvingTree;
  readonly #own: ProvenRecord[] = [];
  /** Approvals that were given until now; which of them are used is known only later. */
  readonly #approvals = new Map<string, ProvenRecord>();
  readonly #uncovered: number[] = [];

  constructor(deployments: ReadonlySet<string>, claim: Claim, tools: TreeTools) {
    this.#deployments = deployments;
    this.#claim = claim;
    this.#tree = new ProvingTree(tools);
  }

  /** The next row, in the order of seq. */
  take({ seq, record, deploymentId }: Pick<LedgerRow, "seq" | "record" | "deploymentId">): void {
    const isOwn = this.#deployments.has(deploymentId);
    if (seq > this.#claim.size) {
      if (isOwn) this.#uncovered.push(seq);
      return;
    }
    if (isOwn) {
      this.#own.push({ seq, record, path: this.#tree.prove(record) });
    } else if (record.includes('"kind":"approve"')) {
      const proven = { seq, record, path: this.#tree.prove(record) };
      for (const { approvalId } of readStory(record)?.signatures ?? [])
        this.#approvals.set(approvalId, proven);
    } else {
      this.#tree.add(record);
    }
  }

  /** After the last row: the proof, or why there is none. */
  finish():
    | { readonly kind: "collected"; readonly proof: RecordProof }
    | { readonly kind: "unknown" | "uncovered" | "not-as-signed" } {
    const root = this.#tree.finish();
    if (this.#own.length === 0) return { kind: this.#uncovered.length > 0 ? "uncovered" : "unknown" };
    if (root !== this.#claim.root) return { kind: "not-as-signed" };
    const stories = this.#own.map(({ record }) => readStory(record)).filter((story) => story !== undefined);
    const approvals = stories.flatMap(consumedApprovals).flatMap((id) => this.#approvals.get(id) ?? []);
    const records = [...new Set([...this.#own, ...approvals])].sort((one, other) => one.seq - other.seq);
    return {
      kind: "collected",
      proof: { checkpoint: this.#claim.note, records, uncovered: this.#uncovered },
    };
  }
}

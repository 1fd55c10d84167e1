import { anchorProblem, type AnchorFault } from "../../src/core/anchor-problem.ts";
import { anchoredName } from "../../src/core/anchored-name.ts";
import { laterOf } from "../../src/core/ledger/retention.ts";
import type { Anchor, AnchoredCheckpoint } from "../../src/ports/anchor.ts";

/** An anchor in memory. Its behaviour sheet is `fake-anchor.md`. */
export class FakeAnchor implements Anchor {
  readonly place: string;
  /** Fails every call while it is set. */
  fault: AnchorFault | undefined;
  readonly checkpoints: AnchoredCheckpoint[] = [];
  readonly documents: { readonly name: string; readonly text: string }[] = [];
  /** `log#size`, or a document's name and its newest text's number → RFC 3339, UTC. */
  readonly heldUntil = new Map<string, string>();

  constructor(place = "fake:anchor") {
    this.place = place;
  }

  keep(checkpoint: AnchoredCheckpoint, until: string): Promise<void> {
    return this.#act(checkpoint.log, () => {
      const { log, size, note } = checkpoint;
      const kept = this.checkpoints.find((one) => one.log === log && one.size === size);
      if (kept !== undefined && kept.note !== note)
        throw anchorProblem("ANCHOR_DIFFERS", this.place, `another note is kept for size ${size} of ${log}`);
      if (kept === undefined) this.checkpoints.push({ log, size, note });
      this.#hold(`${log}#${size}`, until);
    });
  }

  kept(log: string, fromSize = 0): Promise<readonly AnchoredCheckpoint[]> {
    return this.#act(log, () =>
      this.checkpoints
        .filter((one) => one.log === log && one.size >= fromSize)
        .toSorted((a, b) => a.size - b.size),
    );
  }

  putDocument(name: string, text: string, until: string): Promise<void> {
    return this.#act(name, () => {
      const texts = this.#texts(name);
      if (texts.at(-1) !== text) this.documents.push({ name, text });
      this.#hold(`${name}#${this.#texts(name).length}`, until);
    });
  }

  getDocument(name: string): Promise<string | undefined> {
    return this.#act(name, () => this.#texts(name).at(-1));
  }

  #texts(name: string): string[] {
    return this.documents.filter((one) => one.name === name).map(({ text }) => text);
  }

  #hold(what: string, until: string): void {
    this.heldUntil.set(what, laterOf(this.heldUntil.get(what) ?? until, until));
  }

  async #act<T>(name: string, act: () => T): Promise<T> {
    await Promise.resolve();
    anchoredName(name);
    if (this.fault !== undefined) throw anchorProblem(this.fault, this.place, "the test wants it so");
    return act();
  }
}

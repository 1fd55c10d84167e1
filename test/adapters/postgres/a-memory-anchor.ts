import type { Anchor, AnchoredCheckpoint } from "../../../src/ports/anchor.ts";

export interface MemoryAnchor extends Anchor {
  readonly notes: AnchoredCheckpoint[];
  /** Throws with the next `keep`. */
  failNext(error: Error): void;
}

/** An anchor of this test alone. */
export function aMemoryAnchor(place = "file:/memory"): MemoryAnchor {
  const notes: AnchoredCheckpoint[] = [];
  let fault: Error | undefined;
  return {
    place,
    notes,
    failNext: (error) => void (fault = error),
    keep: (checkpoint) => {
      const failure = fault;
      fault = undefined;
      if (failure !== undefined) return Promise.reject(failure);
      const other = notes.find(({ log, size }) => log === checkpoint.log && size === checkpoint.size);
      if (other === undefined) notes.push(checkpoint);
      return other === undefined || other.note === checkpoint.note
        ? Promise.resolve()
        : Promise.reject(new Error(`another note is kept for size ${checkpoint.size}`));
    },
    kept: (log) =>
      Promise.resolve(notes.filter((one) => one.log === log).sort((one, other) => one.size - other.size)),
    putDocument: () => Promise.resolve(),
    getDocument: () => Promise.resolve(undefined),
  };
}

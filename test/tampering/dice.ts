/** Chance that can be repeated: the same seed gives the same throws. */
export interface Dice {
  /** 0 to below `n`. */
  below(n: number): number;
  /** `from` to `to`, both included. */
  between(from: number, to: number): number;
  one<T>(choices: readonly T[]): T;
}

/** mulberry32 over a hash of the seed's text. */
export function diceOf(seed: string): Dice {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    one: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
  };
}
